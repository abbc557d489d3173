import { describe, expect, it } from "vitest";
import { gatewayError } from "../../../../src/contract/errors.ts";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { asArray, asObject } from "../../../../src/rules/dialects/json-fields.ts";
import { openaiResponses } from "../../../../src/rules/dialects/openai-responses/index.ts";
import { hasContent } from "../../../../src/rules/routing/commit.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { added, context, created, decodeEvents, decodeStream, delta, done, ended, parseSse, sse } from "./helpers.ts";

const { provider, caller } = openaiResponses;
const typesOf = (events: readonly StreamEvent[]) => events.map(({ type }) => type).filter((type) => type !== "ping" && type !== "response-metadata");
function answerOf(...events: readonly JsonObject[]) {
	const fold = createAnswerFold();
	fold.push(decodeEvents(...events));
	return fold.answer();
}
const call = (id: string, input = "", rest: JsonObject = {}): JsonObject => ({ type: "function_call", id: `fc_${id}`, call_id: `call_${id}`, name: id, arguments: input, status: "completed", ...rest });
const message = (text: string, rest: JsonObject = {}): JsonObject => ({ type: "message", id: "msg_1", role: "assistant", content: [{ type: "output_text", text, annotations: [], ...rest }] });

describe("frames", () => {
	it("parse without a space behind the colon, with comments and unknown events between them (envoy #2470, openrouter streaming)", () => {
		const text = `: PROCESSING\n\ndata:${JSON.stringify(delta("output_text", 0, "a"))}\n\ndata: {"type":"response.brand_new","x":1}\r\n\r\n${sse([ended("completed")])}`;
		expect(typesOf(decodeStream(text))).toEqual(["text-start", "text-delta", "text-end", "finish"]);
	});

	it("end only with the response's own end (vercel/ai #19169)", () => {
		for (const tail of ["", "data: [DONE]\n\n"]) {
			expect(decodeStream(sse([created, delta("output_text", 0, "a")]) + tail).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol", blame: "upstream" } });
		}
	});
});

describe("lifecycle events", () => {
	it("are no content, and passed on (Bifrost #5395, vercel/ai #18154)", () => {
		const decoder = provider.createStreamDecoder();
		const events = decoder.push(new TextEncoder().encode(sse([created, { type: "response.in_progress", response: {} }, added(0, { type: "reasoning", id: "rs_1", summary: [] })])));
		expect(hasContent(events)).toBe(false);
		expect(parseSse(caller.createStreamEncoder(context).push(events)).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
	});

	it.each<[string, JsonObject, object]>([
		["an error event", { type: "error", code: "insufficient_quota", message: "You exceeded your quota", param: null }, { kind: "quota", code: "insufficient_quota" }],
		["an error under a key", { type: "error", error: { type: "invalid_request_error", code: "context_length_exceeded", param: "input", message: "too long" } }, { kind: "context-length", type: "invalid_request_error", code: "context_length_exceeded", param: "input", message: "too long" }],
		["response.failed", ended("failed", { error: { code: "rate_limit_exceeded", message: "Slow down" } }), { kind: "rate-limited", code: "rate_limit_exceeded" }],
		["a refused image", ended("failed", { error: { code: "invalid_image_url", message: "No image", param: "input" } }), { kind: "bad-request", blame: "caller", param: "input" }],
		["a policy", ended("failed", { error: { code: "bio_policy", message: "No" } }), { kind: "content-filter" }],
		["a failure without a word", ended("failed", { error: null }), { kind: "upstream", blame: "upstream" }],
		["a cancelled response", { type: "response.cancelled", response: { status: "cancelled" } }, { kind: "upstream" }],
	])("that fail keep what they say: %s, first or last (vercel/ai #17230, #15922)", (_, event, failure) => {
		for (const before of [[], [created], [created, delta("output_text", 0, "a")]]) {
			expect(decodeEvents(...before, event).at(-1)).toMatchObject({ type: "error", failure });
		}
	});

	it.each([
		["max_output_tokens", "length"],
		["content_filter", "content-filter"],
		["something new", "other"],
	])("incomplete by %s", (reason, expected) => {
		expect(answerOf(created, ended("incomplete", { incomplete_details: { reason } })).finish).toMatchObject({ reason: expected, rawReason: reason, usage: { inputTokens: 1, outputTokens: 2 } });
	});
});

describe("tool calls", () => {
	it("keep their own deltas apart, each with one start and one end (praxis #266, LiteLLM #21331)", () => {
		const events = decodeEvents(
			created, added(0, call("f")), added(1, call("g")),
			delta("function_call_arguments", 0, '{"a"'), delta("function_call_arguments", 1, '{"b":'), delta("function_call_arguments", 0, ":1}"), delta("function_call_arguments", 1, "2}"),
			done(1, call("g", '{"b":2}')), done(0, call("f", '{"a":1}')), ended("completed"),
		);
		const inputs = Map.groupBy(events.flatMap((event) => (event.type === "tool-input-delta" ? [event] : [])), ({ id }) => id);
		expect([...inputs].map(([id, pieces]) => [id, pieces.map((piece) => piece.delta).join("")])).toEqual([["call_f", '{"a":1}'], ["call_g", '{"b":2}']]);
		expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
	});

	it("end with their item, not where the JSON happens to parse (vercel/ai #16838)", () => {
		const events = decodeEvents(created, added(0, call("f")), delta("function_call_arguments", 0, "{}"), delta("function_call_arguments", 0, " "));
		expect(events.some(({ type }) => type === "tool-call")).toBe(false);
	});

	it("that the token limit cut are kept and marked (agentgateway #2776, CLIProxyAPI #4873)", () => {
		const cut = answerOf(created, added(0, call("f", "", { status: "in_progress" })), delta("function_call_arguments", 0, '{"a":"b'), ended("incomplete", { incomplete_details: { reason: "max_output_tokens" } }));
		expect(cut).toMatchObject({ content: [{ type: "tool-call", input: '{"a":"b', incomplete: true }], finish: { reason: "length" } });
	});

	it("are finished with what the last event knows (CLIProxyAPI #4860)", () => {
		const answer = answerOf(created, ended("completed", { output: [message("hello"), call("f", "{}")] }));
		expect(answer).toMatchObject({ content: [{ text: "hello" }, { toolName: "f", input: "{}" }], finish: { reason: "tool-calls" } });
	});

	it("open no text between their deltas (agentgateway #2148)", () => {
		expect(typesOf(decodeEvents(created, added(0, call("f")), delta("output_text", 1, ""), delta("function_call_arguments", 0, "{}"), done(0, call("f", "{}")), ended("completed")))).toEqual([
			"tool-input-start", "tool-input-delta", "tool-input-end", "tool-call", "finish",
		]);
	});

	it("of free text come as the function that stands for them, whatever the text (vercel/ai #15193)", () => {
		const text = 'a"\\\n\u{1F600}';
		const item = { type: "custom_tool_call", id: "ct", call_id: "call_c", name: "patch" };
		const events = decodeEvents(created, added(0, { ...item, input: "" }), delta("custom_tool_call_input", 0, 'a"\\\n\ud83d'), delta("custom_tool_call_input", 0, "\ude00"), done(0, { ...item, input: text }), ended("completed"));
		const said = events.map((event) => (event.type === "tool-input-delta" ? event.delta : "")).join("");
		expect(JSON.parse(said)).toEqual({ input: text });
		expect(events.find(({ type }) => type === "tool-call")).toMatchObject({ input: JSON.stringify({ input: text }), metadata: { responses: { type: "custom" } } });
	});

	it("without a name are a broken protocol, with ids of their own where the vendor gave none", () => {
		expect(decodeEvents(created, added(0, { type: "function_call" }), ended("completed")).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
		const ids = answerOf(created, done(0, { type: "function_call", name: "f" }), done(1, { type: "function_call", name: "f" }), ended("completed")).content.map((part) => (part.type === "tool-call" ? part.toolCallId : ""));
		expect(new Set(ids).size).toBe(2);
	});
});

describe("parts", () => {
	it("of reasoning keep their order, and the state of their item on the last", () => {
		const item = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "ab" }, { type: "summary_text", text: "c" }], encrypted_content: "final" };
		const { content } = answerOf(
			created, added(0, { ...item, summary: [], encrypted_content: "first" }),
			delta("reasoning_summary_text", 0, "a", { summary_index: 0 }), delta("reasoning_summary_text", 0, "b", { summary_index: 0 }), delta("reasoning_summary_text", 0, "c", { summary_index: 1 }),
			done(0, item), ended("completed"),
		);
		expect(content).toEqual([
			{ type: "reasoning", text: "ab" },
			{ type: "reasoning", text: "c", metadata: { responses: { index: 1, encrypted_content: "final" } } },
		]);
	});

	it("of text carry citations once, told in events or at the end", () => {
		const cited = { type: "url_citation", url: "https://a.example", title: "A", start_index: 0, end_index: 1 };
		const event = { type: "response.output_text.annotation.added", output_index: 0, content_index: 0, annotation_index: 0, annotation: cited };
		const whole = message("x", { annotations: [cited] });
		for (const events of [[delta("output_text", 0, "x"), event, done(0, whole)], [delta("output_text", 0, "x"), done(0, whole)], [done(0, whole)]]) {
			expect(answerOf(created, ...events, ended("completed")).content).toEqual([{ type: "text", text: "x", sources: [{ url: "https://a.example", title: "A", metadata: { responses: cited } }] }]);
		}
	});

	it("of a refusal are told apart from text", () => {
		const refused = { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "No" }] };
		expect(answerOf(created, delta("refusal", 0, "No"), done(0, refused), ended("completed")).content).toEqual([{ type: "text", text: "No", refusal: true }]);
	});

	it("of messages in two phases stay two messages", () => {
		const answer = answerOf(created, done(0, { ...message("a"), phase: "commentary" }), done(1, { ...message("b"), phase: "final_answer" }), ended("completed"));
		expect(caller.encodeAnswer(answer, context).output).toMatchObject([{ phase: "commentary" }, { phase: "final_answer" }]);
	});
});

describe("a stream for a caller", () => {
	const events: readonly StreamEvent[] = [
		{ type: "response-metadata", id: "msg_other", model: "claude" },
		{ type: "reasoning-start", id: "r" },
		{ type: "reasoning-delta", id: "r", delta: "hm" },
		{ type: "reasoning-end", id: "r", metadata: { anthropic: { signature: "s" } } },
		{ type: "text-start", id: "t" },
		{ type: "text-delta", id: "t", delta: "hello" },
		{ type: "text-end", id: "t" },
		{ type: "tool-input-start", id: "call_1", toolName: "f" },
		{ type: "tool-input-start", id: "call_2", toolName: "g" },
		{ type: "tool-input-delta", id: "call_2", delta: "{}" },
		{ type: "tool-input-end", id: "call_1" },
		{ type: "tool-call", toolCallId: "call_1", toolName: "f", input: "{}" },
		{ type: "tool-input-end", id: "call_2" },
		{ type: "tool-call", toolCallId: "call_2", toolName: "g", input: "{}" },
		{ type: "finish", reason: "tool-calls", usage: { inputTokens: 1, outputTokens: 2 } },
	];
	const written = parseSse(caller.createStreamEncoder(context).push(events));

	it("counts items by output_index and parts by content_index (agentgateway #1455, Bifrost PR #3441)", () => {
		const places = written.flatMap(({ type, output_index, content_index, summary_index }) => (output_index === undefined ? [] : [`${String(type).slice(9)} ${output_index} ${content_index ?? summary_index ?? ""}`.trim()]));
		expect(places).toEqual([
			"output_item.added 0", "reasoning_summary_part.added 0 0", "reasoning_summary_text.delta 0 0", "reasoning_summary_text.done 0 0", "reasoning_summary_part.done 0 0", "output_item.done 0",
			"output_item.added 1", "content_part.added 1 0", "output_text.delta 1 0", "output_text.done 1 0", "content_part.done 1 0", "output_item.done 1",
			"output_item.added 2", "output_item.added 3", "function_call_arguments.delta 3",
			"function_call_arguments.delta 2", "function_call_arguments.done 2", "output_item.done 2",
			"function_call_arguments.done 3", "output_item.done 3",
		]);
	});

	it("names the response by the gateway's id, and its items by it", () => {
		const ids = new Set(written.flatMap(({ response }) => (response === undefined ? [] : [(response as JsonObject).id])));
		expect([...ids]).toEqual(["resp_own"]);
		const output = asArray(asObject(written.at(-1)?.response)?.output)?.map(asObject) ?? [];
		expect(output.map((item) => item?.id)).toEqual(["rs_own_0", "msg_own_1", "fc_own_2", "fc_own_3"]);
		expect(output[0]?.encrypted_content).toBe(pack({ anthropic: { signature: "s" } }));
	});

	it("ends a failure with response.failed, and nothing behind it (talon PR #254, any-llm #847)", () => {
		const encoder = caller.createStreamEncoder(context);
		encoder.push(events.slice(0, 6));
		const end = parseSse(encoder.fail(gatewayError("PROVIDER_OVERLOADED", { message: "Busy" })));
		expect(end).toMatchObject([{ type: "response.failed", response: { status: "failed", error: { code: "provider_overloaded", message: "Busy" }, output: [{ type: "reasoning" }] } }]);
		expect(encoder.fail(gatewayError("INTERNAL_ERROR"))).toBe("");
		expect(encoder.push([{ type: "finish", reason: "stop", usage: {} }])).toBe("");
	});

	it("says pauses and context windows as incomplete, with details (CLIProxyAPI #4958, mnfst responses-length-refusal)", () => {
		for (const [reason, told] of [["length", "max_output_tokens"], ["pause", "max_output_tokens"], ["content-filter", "content_filter"]] as const) {
			const end = parseSse(caller.createStreamEncoder(context).push([{ type: "finish", reason, usage: {} }])).at(-1);
			expect(end).toMatchObject({ type: "response.incomplete", response: { status: "incomplete", incomplete_details: { reason: told } } });
		}
	});

	it("keeps an idle connection alive with a comment (envoy #2549)", () => {
		expect(caller.createStreamEncoder(context).push([{ type: "ping" }])).toBe(": ping\n\n");
	});

	it("leaves out tools that another provider ran: a client would run them again", () => {
		const own: readonly StreamEvent[] = [
			{ type: "tool-input-start", id: "srv_1", toolName: "web_search", providerExecuted: true },
			{ type: "tool-input-end", id: "srv_1" },
			{ type: "tool-call", toolCallId: "srv_1", toolName: "web_search", input: "{}", providerExecuted: true },
			{ type: "tool-result", toolCallId: "srv_1", output: { type: "text", text: "[]" }, providerExecuted: true },
			{ type: "finish", reason: "stop", usage: {} },
		];
		expect(parseSse(caller.createStreamEncoder(context).push(own)).at(-1)).toMatchObject({ response: { output: [] } });
	});
});
