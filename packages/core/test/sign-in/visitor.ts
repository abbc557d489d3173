import type { Gateway } from "../../src/index.ts";

export interface Answer {
	readonly status: number;
	readonly location: string;
	readonly headers: Headers;
	readonly text: string;
	readonly json: Readonly<Record<string, unknown>>;
}

/** A browser of a gateway in this process: keeps cookies by name, whatever their path. */
export interface Visitor {
	cookies: Record<string, string>;
	get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
	post(path: string, body: unknown): Promise<Answer>;
	/** Another method, without a body. */
	send(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export const publicUrl = "https://app.example.com/ai";

export function createVisitor(gateway: () => Pick<Gateway, "fetch">): Visitor {
	const visitor: Visitor = {
		cookies: {},
		get: (path, headers = {}) => send(path, { headers }),
		send: (method, path, headers = {}) => send(path, { method, headers: { origin: "https://app.example.com", ...headers } }),
		post: (path, body) => send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", origin: "https://app.example.com" } }),
	};

	async function send(path: string, init: RequestInit & { headers: Readonly<Record<string, string>> }): Promise<Answer> {
		const cookie = Object.entries(visitor.cookies).map(([name, value]) => `${name}=${value}`).join("; ");
		const headers = { host: "app.example.com", ...(cookie === "" ? {} : { cookie }), ...init.headers };
		const response = await gateway().fetch(new Request(`https://app.example.com${path}`, { ...init, headers }));
		for (const header of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
			if (/max-age=0\b/i.test(header)) delete visitor.cookies[name];
			else visitor.cookies[name] = value;
		}
		const text = await response.text();
		return { status: response.status, location: response.headers.get("location") ?? "", headers: response.headers, text, json: jsonOf(text) };
	}

	return visitor;
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}
