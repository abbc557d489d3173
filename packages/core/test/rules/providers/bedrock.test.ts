import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { simulator } from "../../../src/effects/simulator/simulator.ts";
import { createGateway } from "../../../src/gateway.ts";
import { bedrock, type BedrockOptions } from "../../../src/rules/providers/bedrock.ts";
import { signV4 } from "../../../src/rules/providers/signature-v4.ts";
import { delta, end, exception, metadata, start, stop } from "../dialects/bedrock-converse/frames.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const region = "eu-central-1";
const model = "eu.anthropic.claude-haiku-4-5-20251001-v1:0";

describe("bedrock", () => {
	test("is asked in its region, with a bearer token or a signature", () => {
		expect(bedrock({ region, apiKey: "bedrock-api-key-1", models: [model] })).toMatchObject({
			dialect: "bedrock-converse",
			baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com",
			headers: { authorization: "Bearer bedrock-api-key-1" },
			secrets: ["bedrock-api-key-1"],
			defaultModel: model,
		});
		const signed = bedrock({ region, credentials: { ...credentials, sessionToken: "session" } });
		expect(signed.headers).toEqual({ "content-type": "application/json" });
		expect(signed.secrets).toEqual([credentials.secretAccessKey, "session"]);
	});

	test("without a key it is there, unavailable, and says the remedy", () => {
		expect(bedrock({ region }).unavailable).toBe("Provider bedrock has no key: set AWS_BEARER_TOKEN_BEDROCK or pass apiKey");
		expect(bedrock({ region, credentials }).unavailable).toBeUndefined();
	});

	test.each<[BedrockOptions, string]>([
		[{ region: "eu central" }, "region must be"],
		[{ region: "" }, "region must be"],
		[{ region, credentials: { ...credentials, accessKeyId: "" } }, "credentials.accessKeyId"],
		[{ region, credentials: { ...credentials, secretAccessKey: "" } }, "credentials.secretAccessKey"],
		[{ region, baseUrl: "bedrock" }, "baseUrl is not a URL"],
	])("%j is refused: %s", (options, message) => {
		expect(() => bedrock(options)).toThrow(message);
	});
});

type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly pieces: readonly Uint8Array[] };
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
	for (const clean of cleanups.splice(0)) await clean();
});

/** Bedrock as it stands to its clients: refuses what is not signed, then replies as it is told. */
async function standIn(reply: Reply) {
	const seen: { path: string; body: unknown }[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const body = Buffer.concat(chunks).toString();
		seen.push({ path: request.url ?? "", body: JSON.parse(body) });
		if (request.headers.authorization !== expectedSignature(request, body)) {
			response.writeHead(403, { "x-amzn-errortype": "InvalidSignatureException" }).end(JSON.stringify({ message: "The request signature does not match" }));
			return;
		}
		response.writeHead(reply.status ?? 200, reply.headers);
		for (const piece of reply.pieces) response.write(piece);
		response.end();
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => void server.close());
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("No port was given");
	return { seen, baseUrl: `http://127.0.0.1:${address.port}` };
}

/** Made anew from what arrived: only headers that the signature names, and the time that it tells. */
function expectedSignature(request: IncomingMessage, body: string): string | undefined {
	const date = String(request.headers["x-amz-date"]);
	const now = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
	const url = `http://${request.headers.host}${request.url}`;
	const headers = { "content-type": String(request.headers["content-type"]) };
	return signV4({ method: "POST", url, headers, body }, credentials, { region, service: "bedrock" }, now)["authorization"];
}

async function ask(options: Partial<BedrockOptions>, body: object, path = "/v1/chat/completions") {
	const providers = { bedrock: bedrock({ region, models: [model], ...options }), sim: simulator() };
	const routes = { main: [`bedrock/${model}`, "sim/echo"], only: [`bedrock/${model}`] };
	const gateway = createGateway({ providers, routes, auth: false });
	cleanups.push(() => gateway.close());
	const request = { model: "only", max_tokens: 100, messages: [{ role: "user", content: "Grüß dich" }], ...body };
	const response = await gateway.fetch(new Request(`http://postern.test${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) }));
	return { status: response.status, text: await response.text() };
}

const streamed = [start, delta(0, { reasoningContent: { text: "Hm" } }), delta(0, { reasoningContent: { signature: "sig" } }), stop(0), delta(1, { text: "Hello" }), stop(1), end("end_turn"), metadata];
const broken = (message: string) => Buffer.from(JSON.stringify({ message }));

describe("a gateway in front of Bedrock", () => {
	test("signs what it asks, and gives the whole answer", async () => {
		const answer = { output: { message: { role: "assistant", content: [{ text: "Hello" }] } }, stopReason: "end_turn", usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 } };
		const { seen, baseUrl } = await standIn({ pieces: [Buffer.from(JSON.stringify(answer))] });
		const { status, text } = await ask({ baseUrl, credentials: () => Promise.resolve(credentials) }, {});
		expect(status).toBe(200);
		expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: "Hello" }, finish_reason: "stop" }], usage: { prompt_tokens: 3, completion_tokens: 1 } });
		expect(seen).toEqual([
			{
				path: `/model/${encodeURIComponent(model)}/converse`,
				body: { messages: [{ role: "user", content: [{ text: "Grüß dich" }] }], inferenceConfig: { maxTokens: 100 } },
			},
		]);
	});

	test("gives the stream to an Anthropic caller, the signature of its thoughts included", async () => {
		const { seen, baseUrl } = await standIn({ pieces: streamed });
		const { text } = await ask({ baseUrl, credentials }, { stream: true }, "/v1/messages");
		expect(seen[0]?.path).toMatch(/\/converse-stream$/);
		expect(text).toContain('"signature":"sig"');
		expect(text).toContain('"text":"Hello"');
		expect(text).toContain("event: message_stop");
		expect(text).not.toContain("event: error");
	});

	test("falls back where the stream begins with an exception", async () => {
		const { baseUrl } = await standIn({ pieces: [start, exception("throttlingException", { message: "Slow down" })] });
		const { status, text } = await ask({ baseUrl, credentials }, { model: "main", stream: true });
		expect(status).toBe(200);
		expect(text).toContain("[DONE]");
		expect(text).not.toContain("error");
	});

	test.each([
		["an exception", exception("modelStreamErrorException", { message: "It broke" })],
		["half a message", end("end_turn").subarray(0, 20)],
		["nothing more", new Uint8Array()],
	])("ends with an error where %s follows the first words", async (_, last) => {
		const { baseUrl } = await standIn({ pieces: [start, delta(0, { text: "Hel" }), last] });
		const { text } = await ask({ baseUrl, credentials }, { stream: true });
		expect(text).toContain('"content":"Hel"');
		expect(text).toContain('"error"');
		expect(text).not.toContain("[DONE]");
	});

	test.each([
		["a signature of another key", { ...credentials, secretAccessKey: createHash("sha256").update("another").digest("hex") }],
		["credentials that cannot be had", () => Promise.reject(new Error(`No role ${credentials.secretAccessKey}`))],
	])("%s is the gateway's fault, and its secrets stay here", async (_, wrong) => {
		const { baseUrl } = await standIn({ pieces: [] });
		const { status, text } = await ask({ baseUrl, credentials: wrong }, {});
		expect(status).toBeGreaterThanOrEqual(500);
		expect(text).not.toContain(credentials.secretAccessKey);
	});

	test("a refused prompt is the caller's fault, in Bedrock's words", async () => {
		const { baseUrl } = await standIn({ status: 400, headers: { "x-amzn-errortype": "ValidationException:" }, pieces: [broken("messages.0.content is invalid")] });
		expect(await ask({ baseUrl, credentials }, {})).toMatchObject({ status: 400, text: expect.stringContaining("messages.0.content is invalid") });
	});
});
