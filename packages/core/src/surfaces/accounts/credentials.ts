import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { audited } from "../../effects/audit.ts";
import { keepOwnProject } from "../../effects/own-tenancy.ts";
import type { SecretBox } from "../../effects/secret-box.ts";
import type { Services } from "../../effects/services.ts";
import type { CredentialOwner, StoredCredential } from "../../effects/store/credential-store.ts";
import { validationError } from "../../http/body.ts";
import { readQuery } from "../../http/query.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { vendorWithKey } from "../../rules/providers/environment.ts";
import { ownValue } from "../../rules/routing/plan.ts";
import { maskedSecret } from "../../rules/secrets/mask.ts";
import { namedPageQuery, oneMore, pageOf } from "./list-page.ts";
import { privateReply, refuse, timeText } from "./tenancy-views.ts";

type PutBody = { readonly apiKey: string };

export const credentialHandlers = {
	listProjectCredentials: (call, services) => list(call, call.parameters.projectId, services),
	putProjectCredential: (call, services) => put(call, call.parameters.projectId, services),
	deleteProjectCredential: (call, services) => remove(call, call.parameters.projectId, services),
	listCredentials: (call, services) => list(call, undefined, services),
	putCredential: (call, services) => put(call, undefined, services),
	deleteCredential: (call, services) => remove(call, undefined, services),
} satisfies Partial<Surface<"accounts">["handlers"]>;

const unknown = gatewayError("NOT_FOUND", { message: "No key is stored for this provider" });

async function list({ request }: Call<undefined>, owner: CredentialOwner, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const box = boxOf(services);
	if (!box.ok) return box;
	const query = readQuery(request, namedPageQuery);
	if (!query.ok) return query;
	const { items, next } = pageOf(await services.store.credentials.list(owner, oneMore(query.value)), query.value, ({ provider }) => provider);
	return privateReply({ credentials: items.map(view), next });
}

async function put(call: Call<PutBody>, owner: CredentialOwner, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const { parameters: { provider = "" }, body: { apiKey }, principal } = call;
	const box = boxOf(services);
	if (!box.ok) return box;
	const problem = await providerProblem(provider, owner, apiKey, services);
	if (problem !== undefined) return refuse(problem);
	const id = services.createId("crd");
	const createdAt = services.runtime.now();
	const sealed = await box.value.seal(apiKey, id);
	const project = owner === undefined ? undefined : { projectId: owner };
	const credential = { id, ...project, provider, sealed, masked: maskedSecret(apiKey), createdBy: principal.id, createdAt };
	const stored = await audited(
		call,
		services,
		async ({ credentials, tenancy }) => {
			const kept = owner === undefined ? undefined : await keepOwnProject(owner, principal, tenancy, createdAt);
			if (owner !== undefined && kept === undefined) return undefined;
			return { organisationId: kept?.organisationId, credential: await credentials.put(credential) };
		},
		(put) => put && { action: "credential.stored", organisationId: put.organisationId, projectId: owner, target: id, details: { provider } },
	);
	services.credentials.forget();
	return stored === undefined ? refuse(gatewayError("NOT_FOUND", { message: "Unknown project" })) : privateReply(view(stored.credential));
}

async function remove(call: Call<undefined>, owner: CredentialOwner, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const { provider = "" } = call.parameters;
	const box = boxOf(services);
	if (!box.ok) return box;
	const gone = await audited(
		call,
		services,
		async ({ credentials, tenancy }) => {
			const credential = await credentials.delete(owner, provider);
			const organisationId = owner === undefined ? undefined : (await tenancy.findProject(owner))?.organisationId;
			return credential === undefined ? undefined : { credential, organisationId };
		},
		(deleted) => deleted && { action: "credential.deleted", organisationId: deleted.organisationId, projectId: owner, target: deleted.credential.id, details: { provider } },
	);
	services.credentials.forget();
	return gone === undefined ? refuse(unknown) : privateReply({ id: gone.credential.id, deleted: true });
}

function boxOf({ secrets }: Services): Decoded<SecretBox, GatewayError> {
	if (secrets !== undefined) return { ok: true, value: secrets };
	const message = "This gateway stores no keys of providers: it was given no encryption keys (createGateway's encryptionKeys, POSTERN_ENCRYPTION_KEY)";
	return refuse(gatewayError("CAPABILITY_ABSENT", { message }));
}

/** A project brings keys for what the gateway knows already; the operator for every vendor. */
async function providerProblem(name: string, owner: CredentialOwner, apiKey: string, { credentials, routing }: Services): Promise<GatewayError | undefined> {
	const { providers } = owner === undefined ? routing : await credentials.routingFor(undefined);
	const known = ownValue(providers, name);
	if (known !== undefined ? known[0].withApiKey !== undefined : owner === undefined && vendorWithKey(name, apiKey) !== undefined) return undefined;
	const able = Object.entries(providers).flatMap(([each, [provider]]) => (provider.withApiKey === undefined ? [] : [each]));
	const those = able.length === 0 ? "" : `. These do: ${able.join(", ")}`;
	const message = known === undefined ? `is not a provider of this gateway${those}` : `takes no key${those}`;
	return validationError([{ path: "provider", message }], "Invalid request");
}

function view({ id, provider, masked, createdBy, createdAt, updatedAt }: StoredCredential) {
	return { id, provider, apiKey: masked, createdBy, createdAt: timeText(createdAt), updatedAt: timeText(updatedAt) };
}
