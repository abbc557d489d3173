import { createGateway, type Gateway, type GatewayOptions, simulator } from "../../src/index.ts";

export const token = "operator-token";

/** A gateway in this process with the simulator behind it; retries do not wait. */
export function testGateway(options: Partial<GatewayOptions> = {}): Gateway {
	const access = options.identify === undefined && options.auth === undefined && options.token === undefined ? { token } : {};
	return createGateway({ providers: { sim: simulator() }, retry: { baseDelayMs: 0 }, ...access, ...options });
}

export interface Asked {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	readonly json: Record<string, unknown>;
}

export interface AskOptions {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string | undefined>>;
	/** A string goes out as it is. */
	readonly body?: unknown;
	readonly signal?: AbortSignal;
}

/** One request with the operator's token as JSON, read to its end. Headers set to `undefined` are left out. */
export async function ask(gateway: Gateway, path: string, options: AskOptions = {}): Promise<Asked> {
	const response = await send(gateway, path, options);
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: parse(text) };
}

export function send(gateway: Gateway, path: string, { method, headers = {}, body, signal }: AskOptions = {}): Promise<Response> {
	const all = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
	return gateway.fetch(
		new Request(`http://postern.test${path}`, {
			method: method ?? (body === undefined ? "GET" : "POST"),
			headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
			...(body === undefined ? {} : { body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
			...(signal === undefined ? {} : { signal }),
		}),
	);
}

/** The named events of a stream, with their data as JSON where it is. */
export function eventsOf(text: string): { readonly event: string; readonly data: unknown }[] {
	return text
		.split("\n\n")
		.filter((block) => block !== "" && !block.startsWith(":"))
		.map((block) => {
			const lines = block.split("\n");
			const event = lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
			const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
			return { event, data: data.startsWith("{") ? JSON.parse(data) : data };
		});
}

function parse(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}
