import { BodyTooLargeError, type GatewayRequest, type Reply } from "../../http/reply.ts";
import type { AdapterTests } from "./adapter-tests.ts";

const bodyLimit = 64 * 1024;

/** Tells what arrived. */
export async function echo(request: GatewayRequest): Promise<Reply> {
	let bytes: Uint8Array;
	try {
		bytes = await request.body(bodyLimit);
	} catch (error) {
		return error instanceof BodyTooLargeError ? json(413, { error: "too large" }) : json(400, { error: String(error) });
	}
	return json(200, {
		method: request.method,
		path: request.path,
		query: request.query,
		mountPath: request.mountPath,
		headers: Object.fromEntries(["x-one", "x-many", "cookie", "authorization", "x-missing"].map((name) => [name, request.header(name) ?? null])),
		bytes: [...bytes],
		remoteAddress: request.remoteAddress ?? null,
		host: request.host ?? request.header("host"),
		isSecure: request.isSecure === true,
		hasOriginal: request.original !== undefined && request.original !== null,
	});
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
	return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

export function requestTests({ describe, it, expect, mounted, options }: AdapterTests): void {
	describe("requests", () => {
		it("carry their method", () =>
			mounted(echo, async (call) => {
				for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
					const response = await call("/v1/x", { method, ...(method === "GET" ? {} : { headers: { "content-type": "application/json" }, body: "{}" }) });
					expect(await response.json()).toMatchObject({ method, path: "/v1/x" });
				}
			}));

		it("carry path, query and mount path as they were written", () =>
			mounted(echo, async (call) => {
				for (const [target, path, query] of [
					["/v1/models/openai%2Fgpt-4o", "/v1/models/openai%2Fgpt-4o", ""],
					["/a%20b/%E2%82%AC", "/a%20b/%E2%82%AC", ""],
					["/100%25", "/100%25", ""],
					["/x?a=1&b=%26&c", "/x", "a=1&b=%26&c"],
					["/x?next=/y?z", "/x", "next=/y?z"],
					["/x/", "/x/", ""],
					["/", "/", ""],
				] as const) {
					expect(await (await call(target)).json()).toMatchObject({ path, query, mountPath: options.mountPath, hasOriginal: true });
				}
			}));

		it("tell who asks, by which name and whether over TLS", () =>
			mounted(echo, async (call, url) => {
				const told = (await (await call("/")).json()) as { remoteAddress: string | null };
				expect(told).toMatchObject({ host: new URL(url).host, isSecure: url.startsWith("https:") });
				if (options.tellsAddress ?? options.hasSocket) expect(["127.0.0.1", "::1", "::ffff:127.0.0.1"]).toContain(told.remoteAddress);
			}));

		it("carry their headers", () =>
			mounted(echo, async (call) => {
				const headers = new Headers({ "X-One": "1", cookie: "a=b; c=d", authorization: "Bearer t" });
				headers.append("x-many", "1");
				headers.append("x-many", "2");
				expect(((await (await call("/", { headers })).json()) as { headers: unknown }).headers).toEqual({
					"x-one": "1",
					"x-many": "1, 2",
					cookie: "a=b; c=d",
					authorization: "Bearer t",
					"x-missing": null,
				});
			}));

		it("carry their body: text, bytes, nothing", () =>
			mounted(echo, async (call) => {
				const text = "grüße 😀 [DONE]\r\n\n";
				const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
				const seen = async (contentType: string, body: string | Uint8Array<ArrayBuffer>): Promise<unknown> =>
					((await (await call("/", { method: "POST", headers: { "content-type": contentType }, body })).json()) as { bytes: unknown }).bytes;
				expect(await seen("text/plain", text)).toEqual([...new TextEncoder().encode(text)]);
				expect(await seen("application/octet-stream", bytes)).toEqual([...bytes]);
				expect(await seen("application/json", "")).toEqual([]);
				const value = { prompt: text, surrogate: "\ud800", nested: [1, null, { a: true }] };
				const arrived = (await seen("application/json", JSON.stringify(value))) as number[];
				expect(JSON.parse(new TextDecoder().decode(Uint8Array.from(arrived)))).toEqual(value);
			}));

		it("carry a body of unknown length", () =>
			mounted(echo, async (call) => {
				const body = new Blob(["{", '"a":1', "}"]).stream();
				const init: RequestInit & { duplex: "half" } = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
				const { bytes } = (await (await call("/", init)).json()) as { bytes: number[] };
				expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe('{"a":1}');
			}));

		it("may be as large as the limit, and one byte more is refused", () =>
			mounted(echo, async (call) => {
				for (const [length, status] of [
					[bodyLimit, 200],
					[bodyLimit + 1, 413],
				] as const) {
					const response = await call("/", { method: "POST", headers: { "content-type": "text/plain" }, body: "x".repeat(length) });
					expect(response.status).toBe(status);
					await response.text();
				}
			}));

		it("over the limit are refused while they come, and the next one is served", () =>
			mounted(echo, async (call) => {
				for (const contentType of ["application/octet-stream", "application/json"]) {
					const large = `"${"x".repeat(4 * 1024 * 1024)}"`;
					const whole = await call("/", { method: "POST", headers: { "content-type": contentType }, body: `[${large}]` });
					expect([whole.status, await whole.json()]).toEqual([413, { error: "too large" }]);
					const init: RequestInit & { duplex: "half" } = {
						method: "POST",
						headers: { "content-type": contentType },
						body: new Blob([`[${large}]`]).stream(),
						duplex: "half",
					};
					const chunked = await call("/", init);
					expect([chunked.status, await chunked.json()]).toEqual([413, { error: "too large" }]);
					expect((await call("/")).status).toBe(200);
				}
			}));

		it("do not get mixed up when they run at once", () =>
			mounted(echo, async (call) => {
				const paths = await Promise.all(
					Array.from({ length: 25 }, async (_, index) => {
						const response = await call(`/r${index}`, { method: "POST", headers: { "content-type": "text/plain" }, body: String(index) });
						const { path, bytes } = (await response.json()) as { path: string; bytes: number[] };
						return `${path} ${String.fromCharCode(...bytes)}`;
					}),
				);
				expect(paths).toEqual(Array.from({ length: 25 }, (_, index) => `/r${index} ${index}`));
			}));
	});

	describe("answers", () => {
		it("carry status, headers and text or bytes", () =>
			mounted(
				async ({ path }) => ({
					status: 418,
					headers: { "content-type": "text/plain; charset=utf-8", "x-answer": "42", "set-cookie": "session=1; Path=/; HttpOnly" },
					body: path === "/bytes" ? Uint8Array.of(0, 255, 128) : "grüße 😀",
				}),
				async (call) => {
					const text = await call("/text");
					expect(text.status).toBe(418);
					expect(text.headers.get("x-answer")).toBe("42");
					expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
					expect(text.headers.getSetCookie()).toEqual(["session=1; Path=/; HttpOnly"]);
					expect(await text.text()).toBe("grüße 😀");
					expect([...new Uint8Array(await (await call("/bytes")).arrayBuffer())]).toEqual([0, 255, 128]);
				},
			));

		it("carry a header more than once", () =>
			mounted(
				async () => ({ status: 200, headers: { "set-cookie": ["a=1; Path=/", "b=2; Path=/; Max-Age=0"], vary: "origin" }, body: "ok" }),
				async (call) => {
					const { headers } = await call("/");
					expect(headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/; Max-Age=0"]);
					expect(headers.get("vary")).toContain("origin");
				},
			));

		it("may have no body", () =>
			mounted(
				async ({ path }) => ({ status: Number(path.slice(1)), headers: { "x-answer": "42" }, body: undefined }),
				async (call) => {
					for (const status of [200, 204, 304, 404]) {
						const response = await call(`/${status}`);
						expect([response.status, response.headers.get("x-answer"), await response.text()]).toEqual([status, "42", ""]);
					}
				},
			));

		it("to HEAD have headers alone", () =>
			mounted(echo, async (call) => {
				const response = await call("/x", { method: "HEAD" });
				expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([200, "application/json", ""]);
			}));

		it("to a bug say nothing of it", () =>
			mounted(
				async () => {
					throw new Error("secret detail");
				},
				async (call) => {
					const response = await call("/");
					expect([response.status, await response.json()]).toEqual([500, { error: "Internal error", code: "INTERNAL_ERROR" }]);
				},
			));
	});
}
