import type { Gateway, GatewayOptions } from "../../../src/index.ts";
import { fakePasswords } from "../../../src/testing/index.ts";
import { type Asked, testGateway } from "../support.ts";

export const page = "http://postern.test";
export const secret = "a secret of thirty-two characters";

/** A gateway with accounts whose password work is quick. */
export function accountsGateway(options: Partial<GatewayOptions> = {}): Gateway {
	return testGateway({
		surfaces: ["accounts", "prompt"],
		sessions: { secrets: [secret] },
		...options,
		runtime: { passwords: fakePasswords(), ...options.runtime },
	});
}

export interface Browser {
	/** What it holds; a test may put something else in. */
	readonly cookies: Map<string, string>;
	/** A request of a script on the gateway's own page. Headers set to `undefined` are left out. */
	ask(path: string, body?: unknown, headers?: Readonly<Record<string, string | undefined>>, method?: string): Promise<Asked>;
}

/** Keeps cookies and sends `Origin`, as browsers do. */
export function browser(gateway: Pick<Gateway, "fetch">, url = page): Browser {
	const cookies = new Map<string, string>();
	return {
		cookies,
		async ask(path, body, headers = {}, method = body === undefined ? "GET" : "POST") {
			const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
			const all = {
				...(method === "GET" ? {} : { origin: url }),
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...(cookie === "" ? {} : { cookie }),
				...headers,
			};
			const response = await gateway.fetch(
				new Request(url + path, {
					method,
					headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
					...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
				}),
			);
			for (const line of response.headers.getSetCookie()) {
				const [pair = "", ...attributes] = line.split("; ");
				const name = pair.slice(0, pair.indexOf("="));
				if (attributes.includes("Max-Age=0")) cookies.delete(name);
				else cookies.set(name, pair.slice(name.length + 1));
			}
			const text = await response.text();
			return { status: response.status, headers: response.headers, text, json: text === "" ? {} : JSON.parse(text) };
		},
	};
}

export const ada = { email: "Ada@Example.com", password: "correct horse", name: "Ada" };

/** A browser with Ada's new account. */
export async function registered(gateway: Pick<Gateway, "fetch">, person: { email: string; password: string; name?: string } = ada): Promise<Browser> {
	const made = browser(gateway);
	const { status, text } = await made.ask("/auth/register", person);
	if (status !== 201) throw new Error(`Registering gave ${status}: ${text}`);
	return made;
}
