import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway, nodeHandler, nodeRuntime } from "../../src/node/index.ts";
import { type Gateway, type GatewayOptions, type ObservedEvent, type Send, type SignInOptions, simulator } from "../../src/index.ts";
import { closeServer } from "./oidc-server.ts";

export interface GatewayServer {
	readonly origin: string;
	readonly warnings: string[];
	/** The gateway's part: what signs in with whom is known only when the providers listen too. */
	open(signIn: Omit<SignInOptions, "publicUrl">, options?: Partial<GatewayOptions>): Gateway;
	close(): Promise<void>;
}

/** A gateway on a free port; its address is known before it is built, as a provider's registration needs. */
export async function startGatewayServer(mountPath = ""): Promise<GatewayServer> {
	let gateway: Gateway | undefined;
	const warnings: string[] = [];
	const server = createServer((request, response) => {
		if (gateway === undefined) response.writeHead(503).end();
		else if (!(request.url ?? "").startsWith(`${mountPath}/auth/`)) response.writeHead(200, { "content-type": "text/html" }).end("<h1>The app</h1>");
		else void nodeHandler(gateway, { basePath: mountPath })(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		origin,
		warnings,
		open(signIn, options = {}) {
			gateway = createGateway({
				providers: { sim: simulator() },
				token: "operator-token",
				surfaces: ["meta", "accounts"],
				sessions: { secrets: ["a secret of at least thirty-two characters"] },
				signIn: { publicUrl: origin + mountPath, ...signIn },
				...options,
				runtime: {
					...options.runtime,
					observe(event: ObservedEvent) {
						if (event.type === "warning") warnings.push(event.message);
						if (event.type === "internal-error") warnings.push(`internal error: ${String(event.error)}`);
					},
				},
			});
			return gateway;
		},
		async close() {
			await gateway?.close();
			await closeServer(server);
		},
	};
}

/** Sends what goes to one origin to another, as a name server would. */
export function redirected(addresses: Readonly<Record<string, string>>): Send {
	const { send } = nodeRuntime();
	return (request) => {
		const { origin, pathname, search, host } = new URL(request.url);
		const address = addresses[origin];
		if (address === undefined) return send(request);
		return send({ ...request, url: address + pathname + search, headers: { ...request.headers, "x-forwarded-proto": "https", "x-forwarded-host": host } });
	};
}

