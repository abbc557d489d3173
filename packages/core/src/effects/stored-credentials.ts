import { vendorWithKey } from "../rules/providers/environment.ts";
import type { RoutingTable } from "../rules/routing/plan.ts";
import { type OpenedCredential, withGatewayCredentials, withProjectCredentials } from "../rules/routing/stored-credentials.ts";
import type { Runtime } from "./runtime.ts";
import type { SecretBox } from "./secret-box.ts";
import type { CredentialOwner, CredentialStore, StoredCredential } from "./store/credential-store.ts";

/** Where requests go, stored credentials included. What changed on another gateway is known within a second. */
export interface StoredCredentials {
	/** @param projectId whom the request counts for; absent: the gateway itself. */
	routingFor(projectId: string | undefined): Promise<RoutingTable>;
	/** Something was stored or deleted here. */
	forget(): void;
}

interface Setup {
	readonly credentials: CredentialStore;
	readonly secrets: SecretBox | undefined;
	/** By the configuration alone. */
	readonly routing: RoutingTable;
	readonly runtime: Pick<Runtime, "now">;
}

export function createStoredCredentials({ credentials, secrets, routing, runtime }: Setup): StoredCredentials {
	const configured = Promise.resolve(routing);
	// Without keys nothing was ever stored that could be opened.
	if (secrets === undefined) return { routingFor: () => configured, forget: () => {} };
	const box = secrets;
	const tables = new Map<CredentialOwner, { readonly readAt: number; readonly table: Promise<RoutingTable> }>();

	function tableOf(owner: CredentialOwner): Promise<RoutingTable> {
		const now = runtime.now();
		const known = tables.get(owner);
		if (known !== undefined && now - known.readAt < freshMs) return known.table;
		for (const [other, { readAt }] of tables) if (now - readAt >= freshMs) tables.delete(other);
		const table = readTable(owner);
		tables.set(owner, { readAt: now, table });
		// One that could not be read now may be readable for the next request.
		table.catch(() => tables.delete(owner));
		return table;
	}

	async function readTable(owner: CredentialOwner): Promise<RoutingTable> {
		const [below, stored] = await Promise.all([owner === undefined ? routing : tableOf(undefined), credentials.list(owner)]);
		const opened = await Promise.all(stored.map((credential) => open(credential, box)));
		return owner === undefined ? withGatewayCredentials(below, opened, vendorWithKey) : withProjectCredentials(below, opened);
	}

	return { routingFor: tableOf, forget: () => tables.clear() };
}

const freshMs = 500;

async function open({ id, provider, sealed }: StoredCredential, box: SecretBox): Promise<OpenedCredential> {
	return { id, providerName: provider, apiKey: await box.open(sealed, id) };
}
