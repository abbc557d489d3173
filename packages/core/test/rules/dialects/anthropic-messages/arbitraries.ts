import fc from "fast-check";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type {
	AssistantPart,
	FilePart,
	Message,
	OpaquePart,
	OutputFormat,
	Prompt,
	ReasoningPart,
	Settings,
	Source,
	TextPart,
	ToolCallPart,
	ToolDefinition,
	ToolOutput,
	ToolResultPart,
	UserPart,
} from "../../../../src/contract/prompt.ts";
import type { Answer, Finish, StreamEvent, Usage } from "../../../../src/contract/stream-event.ts";
import { arbitraryJsonObject, arbitraryText } from "../arbitraries.ts";

/** Everything that Anthropic's Messages API can say, and only that: here a round trip must lose nothing at all. */

const text = arbitraryText.filter((value) => value.trim() !== "");
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/);
const base64 = fc.uint8Array({ minLength: 1, maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const count = fc.nat({ max: 1_000_000 });
const cacheControl = fc.constantFrom({ type: "ephemeral" }, { type: "ephemeral", ttl: "1h" });

/** Fields that may be there or not; absent ones are absent, never `undefined`. */
function maybe<Value extends object>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | Record<string, never>> {
	return fc.option(arbitrary, { nil: {} });
}

const marked = maybe(cacheControl.map((mark) => ({ metadata: { anthropic: { cache_control: mark } } })));
/** Values on which JSON.stringify and JSON.parse agree, as a model's input has passed through both. */
const input = arbitraryJsonObject.map((value) => JSON.stringify(value));

const plainText: fc.Arbitrary<TextPart> = fc.tuple(text, marked).map(([value, mark]) => ({ type: "text", text: value, ...mark }));

const source: fc.Arbitrary<Source> = fc.tuple(word, text, base64).map(([name, title, index]) => {
	const url = `https://pages.example/${name}`;
	return {
		url,
		title,
		metadata: { anthropic: { type: "web_search_result_location", url, title, cited_text: title, encrypted_index: index } },
	};
});
const citedText: fc.Arbitrary<TextPart> = fc
	.tuple(text, fc.array(source, { minLength: 1, maxLength: 2 }))
	.map(([value, sources]) => ({ type: "text", text: value, sources }));

const reasoning: fc.Arbitrary<ReasoningPart> = fc.oneof(
	fc
		.tuple(fc.oneof(text, fc.constant("")), base64)
		.map(([value, signature]): ReasoningPart => ({ type: "reasoning", text: value, metadata: { anthropic: { signature } } })),
	base64.map((redactedData): ReasoningPart => ({ type: "reasoning", text: "", metadata: { anthropic: { redactedData } } })),
);

const ownCall: fc.Arbitrary<ToolCallPart> = fc
	.tuple(word, word, input, maybe(fc.constant({ metadata: { anthropic: { caller: { type: "direct" } } } })))
	.map(([id, toolName, value, rest]) => ({ type: "tool-call", toolCallId: `toolu_${id}`, toolName, input: value, ...rest }));

/** A provider-run tool with its result right behind. */
const serverCall: fc.Arbitrary<readonly AssistantPart[]> = fc
	.tuple(word, input, fc.boolean(), fc.boolean(), arbitraryJsonObject, text)
	.map(([id, value, isMcp, isError, result, said]): readonly AssistantPart[] => {
		const toolCallId = `srvtoolu_${id}`;
		const call: ToolCallPart = {
			type: "tool-call",
			toolCallId,
			toolName: isMcp ? "echo" : "web_search",
			input: value,
			providerExecuted: true,
			metadata: { anthropic: isMcp ? { server_name: "echo", type: "mcp_tool_use" } : { type: "server_tool_use" } },
		};
		const content = isError ? { type: "web_search_tool_result_error", error_code: "unavailable" } : { ...result, type: "web_search_result" };
		const answer: ToolResultPart = {
			type: "tool-result",
			toolCallId,
			output: { type: "text", text: isMcp ? said : JSON.stringify(content) },
			...(isError ? { isError: true } : {}),
			providerExecuted: true,
			metadata: { anthropic: { type: isMcp ? "mcp_tool_result" : "web_search_tool_result" } },
		};
		return [call, answer];
	});
const opaque: fc.Arbitrary<OpaquePart> = fc
	.constantFrom<JsonObject>({ type: "compaction", content: "before" }, { type: "container_upload", file_id: "file_1" })
	.map((value) => ({ type: "opaque", dialect: "anthropic-messages", value }));

const assistantContent: fc.Arbitrary<readonly AssistantPart[]> = fc
	.tuple(
		fc.array(
			fc.oneof(
				plainText.map((part) => [part]),
				citedText.map((part) => [part]),
				reasoning.map((part) => [part]),
				serverCall,
				opaque.map((part) => [part]),
			),
			{ minLength: 1, maxLength: 4 },
		),
		fc.array(ownCall, { maxLength: 3 }),
	)
	.map(([said, calls]) => distinct([...said.flat(), ...calls]));

/** Ids are unique in one answer: a call that repeats one goes, with its result. */
function distinct(parts: readonly AssistantPart[]): readonly AssistantPart[] {
	const seen = new Set<string>();
	return parts.filter((part) => {
		if (part.type !== "tool-call" && part.type !== "tool-result") return true;
		const key = `${part.type} ${part.toolCallId}`;
		return !seen.has(key) && seen.add(key);
	});
}

const file: fc.Arbitrary<FilePart> = fc
	.tuple(
		fc.oneof(
			fc.tuple(fc.constantFrom("image/png", "image/jpeg", "application/pdf"), base64).map(
				([mediaType, data]): FilePart => ({ type: "file", mediaType, data: { type: "base64", base64: data } }),
			),
			fc.tuple(fc.constantFrom("image/*", "application/pdf"), word).map(
				([mediaType, name]): FilePart => ({ type: "file", mediaType, data: { type: "url", url: `https://files.example/${name}` } }),
			),
			fc.tuple(fc.constantFrom("image/*", "application/octet-stream"), word).map(
				([mediaType, id]): FilePart => ({ type: "file", mediaType, data: { type: "id", id: `file_${id}` } }),
			),
			fc.tuple(text, word).map(
				([value, filename]): FilePart => ({ type: "file", mediaType: "text/plain", data: { type: "text", text: value }, filename }),
			),
		),
		marked,
	)
	.map(([part, mark]) => ({ ...part, ...mark }));

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
	plainText,
	file,
	text.map((value): UserPart => ({
		type: "opaque",
		dialect: "anthropic-messages",
		value: { type: "search_result", source: "here", title: value, content: [{ type: "text", text: value }] },
	})),
);
const user: fc.Arbitrary<Message> = fc.array(userPart, { minLength: 1, maxLength: 3 }).map((content) => ({ role: "user", content }));

const output: fc.Arbitrary<ToolOutput> = fc.oneof(
	fc.oneof(arbitraryText, fc.constant("")).map((value): ToolOutput => ({ type: "text", text: value })),
	fc.array(userPart, { minLength: 1, maxLength: 2 }).map((parts): ToolOutput => ({ type: "parts", parts })),
);

/** An assistant's turn; results follow where the caller's tools were called, sometimes with more of the user behind. */
const turn: fc.Arbitrary<readonly Message[]> = fc.tuple(assistantContent, output, fc.boolean(), marked, user, fc.boolean()).map(
	([content, result, isError, mark, next, hasMore]): readonly Message[] => {
		const assistant: Message = { role: "assistant", content };
		const calls = content.flatMap((part) => (part.type === "tool-call" && part.providerExecuted === undefined ? [part] : []));
		if (calls.length === 0) return [assistant, next];
		const results = calls.map(({ toolCallId }): ToolResultPart => ({
			type: "tool-result",
			toolCallId,
			output: result,
			...(isError ? { isError: true } : {}),
			...mark,
		}));
		return [assistant, { role: "tool", content: results }, ...(hasMore ? [next] : [])];
	},
);

const schema: fc.Arbitrary<JsonObject> = fc.record({
	type: fc.constant("object"),
	properties: fc.dictionary(word, fc.constantFrom({ type: "string" }, { type: "integer" }), { maxKeys: 3 }).map(
		(properties): JsonObject => ({ ...properties }),
	),
});
const tool: fc.Arbitrary<ToolDefinition> = fc.oneof(
	fc
		.tuple(word, schema, maybe(fc.record({ description: text })), maybe(fc.record({ strict: fc.boolean() })), marked)
		.map(([name, inputSchema, ...rest]): ToolDefinition => ({ type: "function", name, inputSchema, ...rest[0], ...rest[1], ...rest[2] })),
	fc.constant<ToolDefinition>({
		type: "provider",
		name: "web_search",
		dialect: "anthropic-messages",
		definition: { type: "web_search_20250305", name: "web_search", max_uses: 3 },
	}),
);
const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ name }) => name }).chain((chosen) =>
	fc
		.oneof(
			fc.constant({}),
			fc.constant({ toolChoice: { type: "none" } as const }),
			fc
				.tuple(
					fc.oneof(
						fc.constantFrom({ type: "auto" } as const, { type: "required" } as const),
						fc.constantFrom(...chosen).map(({ name }) => ({ type: "tool", toolName: name }) as const),
					),
					maybe(fc.record({ parallelToolCalls: fc.boolean() })),
				)
				.map(([toolChoice, parallel]) => ({ toolChoice, ...parallel })),
		)
		.map((choice) => ({ tools: chosen, ...choice })),
);

const settings: fc.Arbitrary<Settings> = fc
	.tuple(
		fc.integer({ min: 1, max: 100_000 }),
		maybe(fc.record({ temperature: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0) })),
		maybe(fc.record({ topP: fc.double({ min: 0.01, max: 1, noNaN: true }), topK: fc.nat({ max: 500 }) })),
		maybe(fc.record({ stopSequences: fc.array(arbitraryText, { maxLength: 3 }), user: word })),
		maybe(
			fc.constantFrom<Pick<Settings, "reasoning">>(
				{ reasoning: { mode: "disabled" } },
				{ reasoning: { mode: "disabled", effort: "low" } },
			),
		),
	)
	.map(([maxOutputTokens, ...rest]) => Object.assign({ maxOutputTokens }, ...rest));

/** Reasoning goes without sampling settings and forced tools. */
const reasoningPrompt: fc.Arbitrary<Pick<Prompt, "settings">> = fc
	.constantFrom<Settings["reasoning"] & object>(
		{ mode: "enabled", budgetTokens: 2048 },
		{ mode: "enabled", budgetTokens: 2048, effort: "max", metadata: { anthropic: { display: "omitted" } } },
		{ mode: "adaptive", effort: "high" },
	)
	.map((value) => ({ settings: { maxOutputTokens: 10_000, reasoning: value } }));

const extras: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
	{ service_tier: "standard_only", container: "container_1" },
	{ mcp_servers: [{ type: "url", name: "echo", url: "https://mcp.example" }], output_config: { task_budget: { total: 9 } } },
	{ metadata: { session: "s" }, context_management: { edits: [] } },
);

export const promptOfAnthropic: fc.Arbitrary<Prompt> = fc
	.tuple(
		maybe(fc.array(plainText, { minLength: 1, maxLength: 2 }).map((content) => [{ role: "system", content } as const])),
		user,
		fc.array(turn, { maxLength: 3 }),
		fc.oneof(fc.tuple(maybe(tools), settings.map((value) => ({ settings: value }))), fc.tuple(fc.constant({}), reasoningPrompt)),
		maybe(schema.map((value): { output: OutputFormat } => ({ output: { type: "json-schema", schema: value } }))),
		maybe(extras.map((fields) => ({ extras: { dialect: "anthropic-messages", fields } as const }))),
	)
	.map(([system, first, turns, [offered, set], format, more]) => ({
		messages: separated([...(Array.isArray(system) ? system : []), first, ...turns.flat()]),
		...offered,
		...set,
		...format,
		...more,
	}));

/** Two user messages in a row are one on the wire, and results behind a user's words would come first. */
function separated(messages: readonly Message[]): readonly Message[] {
	return messages.filter((message, index) => message.role !== "user" || messages[index - 1]?.role !== "user");
}

const usage: fc.Arbitrary<Usage> = fc
	.tuple(
		count,
		count,
		maybe(fc.record({ cachedInputTokens: count })),
		maybe(fc.record({ cacheWriteTokens: count })),
		maybe(fc.record({ reasoningTokens: count })),
	)
	.map(([uncached, outputTokens, ...rest]) => {
		const told: Usage = Object.assign({}, ...rest);
		return { inputTokens: uncached + (told.cachedInputTokens ?? 0) + (told.cacheWriteTokens ?? 0), outputTokens, ...told };
	});
const finish: fc.Arbitrary<Omit<Finish, "usage">> = fc
	.tuple(
		fc.constantFrom<Omit<Finish, "usage">>(
			{ reason: "stop", rawReason: "end_turn" },
			{ reason: "stop", rawReason: "stop_sequence", stopSequence: "\n\nHuman:" },
			{ reason: "tool-calls", rawReason: "tool_use" },
			{ reason: "pause", rawReason: "pause_turn" },
			{ reason: "content-filter", rawReason: "refusal" },
			{ reason: "length", rawReason: "max_tokens" },
			{ reason: "length", rawReason: "model_context_window_exceeded" },
			{ reason: "other", rawReason: "something_new" },
		),
		maybe(
			fc.constantFrom(
				{ metadata: { anthropic: { stop_details: { type: "refusal", category: "cyber" }, usage: { service_tier: "standard" } } } },
				{ metadata: { anthropic: { container: { id: "container_1" }, context_management: { applied_edits: [] } } } },
			),
		),
	)
	.map(([told, rest]) => ({ ...told, ...rest }));

export const answerOfAnthropic: fc.Arbitrary<Answer> = fc
	.tuple(word, word, fc.oneof(assistantContent, fc.constant([])), finish, usage)
	.map(([id, model, content, end, used]) => ({ id: `msg_${id}`, model, content: cutOff(content, end), finish: { ...end, usage: used } }));

/** Where the token limit ends an answer, a call that stands last is not whole. */
function cutOff(content: readonly AssistantPart[], { reason }: Omit<Finish, "usage">): readonly AssistantPart[] {
	const last = content.at(-1);
	return reason === "length" && last?.type === "tool-call" ? [...content.slice(0, -1), { ...last, incomplete: true }] : content;
}

/** The events of an answer with its parts running side by side, as other dialects stream them. */
export function interleave(events: readonly StreamEvent[], order: readonly number[]): StreamEvent[] {
	const first = events.slice(0, 1);
	const last = events.slice(-1);
	const lanes = new Map<string, StreamEvent[]>();
	for (const [index, event] of events.slice(1, -1).entries()) {
		const key = laneOf(event, index);
		const lane = lanes.get(key) ?? [];
		lane.push(event);
		lanes.set(key, lane);
	}
	const waiting = [...lanes.values()];
	// Parts start in their order and only then run on in any order.
	const started = waiting.flatMap((lane) => lane.splice(0, 1));
	const mixed: StreamEvent[] = [];
	for (let turn = 0; waiting.some((lane) => lane.length > 0); turn++) {
		const open = waiting.filter((lane) => lane.length > 0);
		const lane = open[(order[turn % Math.max(1, order.length)] ?? 0) % open.length];
		mixed.push(...(lane?.splice(0, 1) ?? []));
	}
	return [...first, ...started, ...mixed, ...last];
}

function laneOf(event: StreamEvent, index: number): string {
	if (event.type === "tool-call") return `call ${event.toolCallId}`;
	if (event.type === "tool-result") return `result ${event.toolCallId}`;
	if ("id" in event) return `${event.type.startsWith("tool-input") ? "call" : "part"} ${event.id ?? ""}`;
	return `alone ${index}`;
}
