import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type UiMessage, uiMessage } from "../../../src/contract/wire/ui-messages.ts";
import { decodeUiMessages } from "../../../src/surfaces/ui/message-decoder.ts";

type Part = UiMessage["parts"][number];
const user = (...parts: Part[]): UiMessage => ({ role: "user", parts });
const assistant = (...parts: Part[]): UiMessage => ({ role: "assistant", parts });
const text = (words: string): Part => ({ type: "text", text: words });
const call = (state: string, more: object = {}): Part => ({ type: "tool-get_time", toolCallId: "call_1", state, input: { zone: "UTC" }, ...more });

function decoded(...messages: UiMessage[]) {
	const result = decodeUiMessages(messages);
	if (!result.ok) throw new Error(JSON.stringify(result.problem));
	return result.value;
}
function issues(...messages: UiMessage[]) {
	const result = decodeUiMessages(messages);
	if (result.ok) throw new Error(`It was taken: ${JSON.stringify(result.value)}`);
	return result.problem;
}

describe("UI messages as a conversation", () => {
	test("texts of every role, with what a vendor wants back", () => {
		const metadata = { anthropic: { cacheControl: { type: "ephemeral" } } };
		expect(decoded({ role: "system", parts: [text("Be brief")] }, user({ ...text("Hi"), providerMetadata: metadata }), assistant(text("Hello")))).toEqual([
			{ role: "system", content: [{ type: "text", text: "Be brief" }] },
			{ role: "user", content: [{ type: "text", text: "Hi", metadata }] },
			{ role: "assistant", content: [{ type: "text", text: "Hello" }] },
		]);
	});

	test("each step is a message of its own, its outputs right behind it", () => {
		const message = assistant(
			{ type: "step-start" },
			{ type: "reasoning", text: "Hm", state: "done", providerMetadata: { anthropic: { signature: "s" } } },
			text("Let me see"),
			call("output-available", { output: { hour: 12 }, callProviderMetadata: { google: { thoughtSignature: "t" } } }),
			{ type: "dynamic-tool", toolName: "roll", toolCallId: "call_2", state: "output-error", rawInput: "6", errorText: "No dice" },
			{ type: "step-start" },
			text("It is noon"),
		);
		expect(decoded(message)).toEqual([
			{
				role: "assistant",
				content: [
					{ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "s" } } },
					{ type: "text", text: "Let me see" },
					{ type: "tool-call", toolCallId: "call_1", toolName: "get_time", input: '{"zone":"UTC"}', metadata: { google: { thoughtSignature: "t" } } },
					{ type: "tool-call", toolCallId: "call_2", toolName: "roll", input: '"6"' },
				],
			},
			{
				role: "tool",
				content: [
					{ type: "tool-result", toolCallId: "call_1", toolName: "get_time", output: { type: "text", text: '{"hour":12}' } },
					{ type: "tool-result", toolCallId: "call_2", toolName: "roll", output: { type: "text", text: "No dice" }, isError: true },
				],
			},
			{ role: "assistant", content: [{ type: "text", text: "It is noon" }] },
		]);
	});

	test("what the provider ran itself stays in its own turn", () => {
		const ran = call("output-available", { providerExecuted: true, output: "noon", resultProviderMetadata: { anthropic: { type: "x_tool_result" } } });
		expect(decoded(assistant(ran, text("Noon")))).toMatchObject([
			{
				role: "assistant",
				content: [
					{ type: "tool-call", providerExecuted: true },
					{ type: "tool-result", providerExecuted: true, output: { text: "noon" }, metadata: { anthropic: { type: "x_tool_result" } } },
					{ type: "text" },
				],
			},
		]);
	});

	test.each([
		["output-denied", { approval: { id: "1", approved: false, reason: "Not now" } }, "Not now"],
		["output-denied", { approval: { id: "1", approved: false } }, "The user denied this call"],
		["approval-responded", { approval: { id: "1", approved: false, reason: "No" } }, "No"],
	])("a call that was denied (%s) has that for its result", (state, more, said) => {
		expect(decoded(assistant(call(state, more)))[1]).toMatchObject({ role: "tool", content: [{ output: { text: said }, isError: true }] });
	});

	test.each([
		["data:image/png;base64,AAAA", "image/png", { mediaType: "image/png", data: { type: "base64", base64: "AAAA" } }],
		["https://example.com/a.jpg", "image", { mediaType: "image/*", data: { type: "url", url: "https://example.com/a.jpg" } }],
		["https://example.com/a.pdf", "application/pdf", { mediaType: "application/pdf", data: { type: "url", url: "https://example.com/a.pdf" } }],
	])("the file %s", (url, mediaType, file) => {
		expect(decoded(user({ type: "file", url, mediaType, filename: "a" }))).toEqual([{ role: "user", content: [{ type: "file", filename: "a", ...file }] }]);
	});

	test("what is made for the page is not for the model, and a call cut off was never made", () => {
		const page: Part[] = [
			{ type: "source-url", sourceId: "1", url: "https://example.com" },
			{ type: "source-document", sourceId: "2", mediaType: "text/plain", title: "T" },
			{ type: "data-weather", data: { city: "Oslo" } },
			call("input-streaming"),
			text(""),
		];
		expect(decoded(user(text("Hi"), { type: "data-x", data: 1 }), assistant(...page), user(text("Go on")))).toMatchObject([{ role: "user" }, { role: "user" }]);
	});

	test("words that came in between two steps are the user's", () => {
		const said = { type: "steering-message", id: "s", parts: [text("Shorter")] };
		expect(decoded(assistant(call("output-available", { output: "noon" }), said, text("Noon"))).map(({ role }) => role)).toEqual(["assistant", "tool", "user", "assistant"]);
	});
});

test.each<[string, UiMessage, string]>([
	["an output that is missing", assistant(call("input-available")), "messages[0].parts[0].state"],
	["an approval that is open", assistant(text("a"), call("approval-requested")), "messages[0].parts[1].state"],
	["no state", assistant({ type: "tool-get_time", toolCallId: "1" }), "messages[0].parts[0].state"],
	["an unknown state", assistant(call("lost")), "messages[0].parts[0].state"],
	["no call's id", assistant({ type: "tool-get_time", state: "output-available" }), "messages[0].parts[0].toolCallId"],
	["no tool's name", assistant({ type: "dynamic-tool", toolCallId: "1", state: "output-available" }), "messages[0].parts[0].toolName"],
	["an empty tool's name", assistant({ type: "tool-", toolCallId: "1", state: "output-available" }), "messages[0].parts[0].type"],
	["no text", user({ type: "text" }), "messages[0].parts[0].text"],
	["no thought", assistant({ type: "reasoning" }), "messages[0].parts[0].text"],
	["no URL", user({ type: "file", mediaType: "image/png" }), "messages[0].parts[0].url"],
	["a page's own URL", user({ type: "file", mediaType: "image/png", url: "blob:1" }), "messages[0].parts[0].url"],
	["a tool in a user's message", user(call("output-available")), "messages[0].parts[0].type"],
	["a file in a system message", { role: "system", parts: [{ type: "file", url: "https://x.test" }] }, "messages[0].parts[0].type"],
	["a part that no model can be given", assistant({ type: "reasoning-file", url: "https://x.test" }), "messages[0].parts[0].type"],
	["an opaque block of no dialect", assistant({ type: "data-opaque", data: { dialect: "__proto__", value: {} } }), "messages[0].parts[0].data"],
	["nothing", user(), "messages[0].parts"],
	["nothing but data", user({ type: "data-x", data: 1 }), "messages[0].parts"],
	["a bad word in between", assistant({ type: "steering-message", parts: [{ type: "text" }] }), "messages[0].parts[0].parts[0].text"],
])("%s is told by its place", (_, message, path) => {
	expect(issues(message)).toEqual([{ path, message: expect.any(String) }]);
});

test("whatever passes the schema is decoded or refused, never thrown at", () => {
	const types = ["text", "reasoning", "file", "tool-x", "dynamic-tool", "step-start", "steering-message", "data-opaque", "data-x", "custom", "__proto__"];
	const states = [undefined, "input-streaming", "input-available", "output-available", "output-error", "output-denied", "approval-responded"];
	const json = fc.jsonValue({ maxDepth: 3 });
	const part = fc.record(
		{
			type: fc.constantFrom(...types),
			text: fc.string(),
			url: fc.oneof(fc.string(), fc.constantFrom("data:", "data:,x", "data:a;base64", "https://x")),
			mediaType: fc.string(),
			toolCallId: fc.string(),
			toolName: fc.string(),
			state: fc.constantFrom(...states),
			input: json,
			output: json,
			data: json,
			parts: fc.array(fc.record({ type: fc.constantFrom(...types), text: fc.string() }, { requiredKeys: ["type"] })),
		},
		{ requiredKeys: ["type"] },
	);
	fc.assert(
		fc.property(fc.constantFrom("system", "user", "assistant"), fc.array(part), (role, parts) => {
			const result = decodeUiMessages([uiMessage.parse({ role, parts: JSON.parse(JSON.stringify(parts)) })]);
			if (!result.ok) expect(result.problem.length).toBeGreaterThan(0);
			else for (const message of result.value) expect(message.content.length).toBeGreaterThan(0);
		}),
	);
});
