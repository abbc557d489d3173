import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import { bedrockConverse } from "../../../../src/rules/dialects/bedrock-converse/index.ts";

const answer = (content: readonly JsonObject[], rest: JsonObject = {}): JsonObject => ({ output: { message: { role: "assistant", content } }, stopReason: "end_turn", usage: {}, ...rest });

describe("a whole answer", () => {
	it.each([
		[{ text: "Hi" }, { type: "text", text: "Hi" }],
		[{ reasoningContent: { redactedContent: "YWJj" } }, { type: "reasoning", text: "", metadata: { anthropic: { redactedData: "YWJj" } } }],
		[{ reasoningContent: { reasoningText: { text: "Hm" } } }, { type: "reasoning", text: "Hm" }],
		[{ image: { format: "png", source: { bytes: "iVBO" } } }, { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" } }],
		[{ hologram: { a: 1 } }, { type: "opaque", dialect: "bedrock-converse", value: { hologram: { a: 1 } } }],
		[
			{ citationsContent: { content: [{ text: "Sun" }], citations: [{ title: "W", location: { web: { url: "https://w.example" } } }] } },
			{ type: "text", text: "Sun", sources: [{ url: "https://w.example", title: "W", metadata: { bedrock: { title: "W", location: { web: { url: "https://w.example" } } } } }] },
		],
	])("holds %j", (block, part) => {
		expect(bedrockConverse.decodeAnswer(answer([block]))).toMatchObject({ ok: true, value: { content: [part] } });
	});

	it("keeps the guardrail's trace, and marks a call that was cut", () => {
		const cut = answer([{ toolUse: { toolUseId: "t", name: "f", input: {} } }], { stopReason: "max_tokens", trace: { guardrail: { action: "NONE" } } });
		expect(bedrockConverse.decodeAnswer(cut)).toMatchObject({
			ok: true,
			value: { content: [{ incomplete: true }], finish: { reason: "length", metadata: { bedrock: { trace: { guardrail: { action: "NONE" } } } } } },
		});
	});

	it.each<[Json]>([[null], ["text"], [[]], [{}], [{ output: { message: { content: [] } } }], [answer([{}])], [answer([{ toolUse: { name: "f" } }])], [answer([{ reasoningContent: {} }])]])(
		"%j is a protocol failure",
		(body) => {
			expect(bedrockConverse.decodeAnswer(body)).toMatchObject({ ok: false, problem: { kind: "protocol" } });
		},
	);
});

describe("failures by Amazon's own word", () => {
	it.each([
		[400, "ValidationException", "messages: must not be empty", "bad-request", "caller"],
		[400, "ValidationException", "Input is too long for requested model.", "context-length", "caller"],
		[400, "ValidationException", "The provided model identifier is invalid.", "model-not-found", "caller"],
		[400, "ServiceQuotaExceededException", "Quota", "quota", "gateway"],
		[403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", "permission", "gateway"],
		[403, "UnrecognizedClientException", "The security token included in the request is invalid.", "authentication", "gateway"],
		[403, "ExpiredTokenException", "The security token included in the request is expired", "authentication", "gateway"],
		[403, "InvalidSignatureException", "The request signature we calculated does not match", "authentication", "gateway"],
		[404, "ResourceNotFoundException", "Model not found", "model-not-found", "caller"],
		[408, "ModelTimeoutException", "Timed out", "timeout", "upstream"],
		[424, "ModelErrorException", "The model failed", "upstream", "upstream"],
		[429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate-limited", "upstream"],
		[429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota", "gateway"],
		[429, "ModelNotReadyException", "Not ready", "overloaded", "upstream"],
		[500, "InternalServerException", "Oh", "upstream", "upstream"],
		[503, "ServiceUnavailableException", "Oh", "overloaded", "upstream"],
	])("%i %s: %s is %s", (status, type, message, kind, blame) => {
		const byHeader = bedrockConverse.decodeFailure(status, { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/` }, JSON.stringify({ message }));
		const byBody = bedrockConverse.decodeFailure(status, {}, JSON.stringify({ __type: `com.amazon.coral.service#${type}`, Message: message }));
		expect(byHeader).toMatchObject({ kind, blame, status, type });
		expect(byBody).toEqual(byHeader);
	});

	it.each([
		[424, "upstream"],
		[403, "permission"],
		[502, "upstream"],
	])("%i without a word is %s", (status, kind) => {
		expect(bedrockConverse.decodeFailure(status, {}, "<html>")).toMatchObject({ kind, status });
	});
});
