import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { anthropic, gemini, memoryStore, openai, openaiCompatible, type Store, surfaceIds } from "@postern/core";
import { createGateway, nodeHandler } from "@postern/core/node";
import { type ProviderStandIn, startProviderStandIn } from "../../src/testing/node/provider-stand-in.ts";

/** A gateway before the stand-ins of both vendors, with what an SDK needs to reach it. */
export interface Door {
	/** Without a path. */
	readonly origin: string;
	readonly token: string;
	/** For an SDK's `fetch` option. */
	readonly fetch: typeof globalThis.fetch;
	readonly vendors: ProviderStandIn;
	readonly store: Store;
	close(): Promise<void>;
}

export const doorKinds = ["in process", "over a socket"] as const;
/** The providers' names: which vendor's stand-in answers. */
export const providerNames = ["openai", "responses", "anthropic", "gemini", "compatible"] as const;

const token = "pst-operator-token";

export async function openDoor(kind: (typeof doorKinds)[number]): Promise<Door> {
	const vendors = await startProviderStandIn();
	const { apiKey } = vendors;
	const store = memoryStore();
	const gateway = createGateway({
		providers: {
			openai: openai({ apiKey, baseUrl: vendors.openaiBaseUrl, models: ["echo"] }),
			responses: openai({ apiKey, baseUrl: vendors.openaiBaseUrl, models: [], api: "responses" }),
			anthropic: anthropic({ apiKey, baseUrl: vendors.anthropicBaseUrl, models: ["echo"] }),
			gemini: gemini({ apiKey, baseUrl: vendors.geminiBaseUrl, models: ["echo"] }),
			compatible: openaiCompatible({ apiKey, baseUrl: vendors.openaiBaseUrl }),
			locked: openai({ apiKey: "sk-wrong-secret-key-000000", baseUrl: vendors.openaiBaseUrl, models: [] }),
			keyless: anthropic({ models: [] }),
		},
		token,
		store,
		surfaces: surfaceIds,
		// What one test makes fail, the next one asks again.
		cooldown: false,
		retry: { attemptsPerTarget: 2, baseDelayMs: 1, maxDelayMs: 10 },
	});
	if (kind === "in process") {
		return {
			origin: "http://gateway.local",
			token,
			fetch: (input, init) => gateway.fetch(new Request(input, init)),
			vendors,
			store,
			async close() {
				await gateway.close({ deadlineMs: 0 });
				await vendors.close();
			},
		};
	}
	// Over a socket the SDKs carry a virtual key, in process the operator's token: each in its own way.
	const made = await gateway.fetch(
		new Request("http://gateway.local/v1/projects", {
			method: "POST",
			headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
			body: JSON.stringify({ name: "SDKs", organisationId: "tests" }),
		}),
	);
	const { apiKey: virtualKey } = (await made.json()) as { readonly apiKey: string };
	const server = createServer(nodeHandler(gateway));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		token: virtualKey,
		fetch: globalThis.fetch,
		vendors,
		store,
		async close() {
			server.closeAllConnections();
			server.close();
			await gateway.close({ deadlineMs: 0 });
			await vendors.close();
		},
	};
}

/** A red dot. */
export const pngBase64 = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

/** For a condition that a slow machine may be long about. */
export const patient = { timeout: 60_000 };
