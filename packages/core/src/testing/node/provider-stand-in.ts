import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "../../contract/json.ts";
import type { DialectId } from "../../contract/prompt.ts";
import { type SimulatorOptions, simulator } from "../../effects/simulator/simulator.ts";
import { SendError } from "../../rules/providers/transport.ts";
import { models } from "../../rules/simulator/models.ts";
import { type VendorError, vendorErrorBody, vendorErrors } from "../../rules/simulator/vendor-error.ts";

export interface ProviderStandInOptions extends Pick<SimulatorOptions, "firstMs" | "deltaMs"> {
	/** What callers must send. Default `sk-stand-in-0123456789`. */
	readonly apiKey?: string;
	/** Default: any free one. */
	readonly port?: number;
}

/** A server on 127.0.0.1 that speaks for OpenAI, Anthropic and Google with the simulator's models. */
export interface ProviderStandIn {
	/** For `OPENAI_BASE_URL`: with `/v1`. */
	readonly openaiBaseUrl: string;
	/** For `ANTHROPIC_BASE_URL`: without it. */
	readonly anthropicBaseUrl: string;
	/** For `GEMINI_BASE_URL`: without `/v1beta`. */
	readonly geminiBaseUrl: string;
	readonly apiKey: string;
	/** What came in, oldest first. */
	readonly requests: readonly SeenRequest[];
	/** Answers under way. */
	active(): number;
	/** How many callers hung up before the end of their answer. */
	disconnects(): number;
	close(): Promise<void>;
}

export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	/** The body as JSON; `undefined` where it is none. */
	readonly body: Json | undefined;
}

export async function startProviderStandIn(options: ProviderStandInOptions = {}): Promise<ProviderStandIn> {
	const { apiKey = "sk-stand-in-0123456789", port = 0, ...timing } = options;
	const providers = {
		"openai-chat": simulator({ ...timing, dialect: "openai-chat" }),
		"openai-responses": simulator({ ...timing, dialect: "openai-responses" }),
		"anthropic-messages": simulator({ ...timing, dialect: "anthropic-messages" }),
		gemini: simulator({ ...timing, dialect: "gemini" }),
	};
	const requests: SeenRequest[] = [];
	let disconnects = 0;

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = new URL(request.url ?? "/", "http://stand-in").pathname;
		const text = await readText(request);
		requests.push({ method: request.method ?? "", path, headers: request.headers, body: parse(text) });
		const dialect = dialectOf(path, request);

		const given = credentialOf(request, dialect);
		if (given !== apiKey) {
			// Quoted in full, as no vendor would: a gateway that passes it on is found out.
			const error = vendorErrors[dialect].unauthorized;
			return sendError(response, dialect, { ...error, message: `${error.message}: ${given ?? "none"}` });
		}
		if (request.method === "GET" && path === "/v1/models") return sendJson(response, 200, modelList(dialect));
		if (request.method !== "POST" || !paths.has(path) && !geminiPath.test(path)) {
			return sendError(response, dialect, { ...vendorErrors[dialect]["model-not-found"], message: `No such endpoint: ${path}` });
		}
		if (dialect === "anthropic-messages" && request.headers["anthropic-version"] === undefined) {
			return sendError(response, dialect, { ...vendorErrors[dialect]["bad-request"], message: "anthropic-version: header is required" });
		}
		await perform(dialect, path, text, response);
	}

	async function perform(dialect: DialectId, path: string, body: string, response: ServerResponse): Promise<void> {
		const controller = new AbortController();
		const { signal } = controller;
		let isOurs = false;
		response.once("close", () => {
			if (isOurs || response.writableFinished) return;
			disconnects++;
			controller.abort();
		});
		try {
			const answer = await providers[dialect].send({ method: "POST", url: path, headers: {}, body, signal, connectTimeoutMs: 0 });
			response.writeHead(answer.status, { ...answer.headers });
			response.flushHeaders();
			for (let chunk = await answer.body.read(); chunk !== undefined; chunk = await answer.body.read()) {
				if (!response.write(chunk)) await once(response, "drain", { signal });
			}
			response.end();
		} catch (error) {
			if (signal.aborted) return;
			if (!(error instanceof SendError)) throw error;
			isOurs = true;
			// Not a TCP reset: that would throw away what the caller has not read yet. The body lacks its end all the same.
			response.socket?.destroySoon();
		}
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => {
			if (response.headersSent) response.destroy();
			else sendJson(response, 500, { error: { message: String(error) } });
		});
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		openaiBaseUrl: `${origin}/v1`,
		anthropicBaseUrl: origin,
		geminiBaseUrl: origin,
		apiKey,
		requests,
		active: () => Object.values(providers).reduce((sum, provider) => sum + provider.active(), 0),
		disconnects: () => disconnects,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}

const paths = new Set(["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/messages", "/v1/messages/count_tokens"]);
const geminiPath = /^\/v1beta\/models\/[^/]+:(generateContent|streamGenerateContent|countTokens|batchEmbedContents)$/;

function dialectOf(path: string, { headers }: IncomingMessage): DialectId {
	if (path.startsWith("/v1beta/")) return "gemini";
	if (path.startsWith("/v1/messages") || headers["anthropic-version"] !== undefined) return "anthropic-messages";
	return path.startsWith("/v1/responses") ? "openai-responses" : "openai-chat";
}

function credentialOf({ headers }: IncomingMessage, dialect: DialectId): string | undefined {
	const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
	const key = headers[dialect === "gemini" ? "x-goog-api-key" : "x-api-key"];
	return (dialect === "anthropic-messages" || dialect === "gemini") && typeof key === "string" ? key : bearer;
}

function modelList(dialect: DialectId): Json {
	const ids = Object.keys(models);
	return dialect !== "anthropic-messages"
		? { object: "list", data: ids.map((id) => ({ id, object: "model", created: 0, owned_by: "postern" })) }
		: {
				data: ids.map((id) => ({ id, type: "model", display_name: id, created_at: "1970-01-01T00:00:00Z" })),
				has_more: false,
				first_id: ids[0] ?? null,
				last_id: ids.at(-1) ?? null,
			};
}

function sendError(response: ServerResponse, dialect: DialectId, error: VendorError): void {
	sendJson(response, error.status, vendorErrorBody(dialect, error, "req_stand_in"));
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): Json | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
