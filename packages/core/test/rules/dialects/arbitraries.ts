import fc from "fast-check";
import type { JsonObject } from "../../../src/contract/json.ts";
import type {
	AssistantMessage,
	AssistantPart,
	DialectId,
	FilePart,
	FunctionTool,
	Message,
	OutputFormat,
	Prompt,
	ReasoningPart,
	Settings,
	Source,
	TextPart,
	ToolCallPart,
	ToolChoice,
	ToolMessage,
	ToolOutput,
	UserPart,
} from "../../../src/contract/prompt.ts";
import type { Answer, Finish, FinishReason, Usage } from "../../../src/contract/stream-event.ts";

/** What one dialect can say: the pieces of which its prompts and answers are made, so that a round trip must lose nothing. */
interface Reach {
	/** Several text parts in a row in one turn of the model. */
	readonly severalTexts: boolean;
	readonly refusals: boolean;
	readonly reasoning: fc.Arbitrary<ReasoningPart>;
	readonly file: fc.Arbitrary<FilePart>;
	/** A file that a model made. */
	readonly made?: fc.Arbitrary<FilePart>;
	readonly source: fc.Arbitrary<Source>;
	readonly isErrorResult: boolean;
	readonly developerMessages: boolean;
	/** System messages anywhere between the others, not only in front. */
	readonly systemAnywhere: boolean;
	/** Answers in a row come back as one: items have no mark between turns. */
	readonly joinsAnswers?: true;
	/** Results name their function, and hold one text at most beside files. */
	readonly namedResults?: true;
	/** Cannot say that only one tool may be called at a time. */
	readonly alwaysParallel?: true;
	/** What sources do to the rest of an answer is told elsewhere. */
	readonly withoutSources?: true;
	readonly tool: fc.Arbitrary<Omit<FunctionTool, "type" | "name">>;
	readonly toolChoices: (names: readonly string[]) => fc.Arbitrary<ToolChoice>;
	readonly output: fc.Arbitrary<OutputFormat>;
	readonly settings: fc.Arbitrary<Settings>;
	readonly extras: fc.Arbitrary<JsonObject>;
	readonly answerId: fc.Arbitrary<string>;
	readonly tellsCreation: boolean;
	readonly finish: fc.Arbitrary<Pick<Finish, "reason" | "rawReason" | "stopSequence">>;
	readonly usage: fc.Arbitrary<Usage>;
}

/** Text with everything that breaks naive codecs: protocol marks, line ends, controls, astral characters, lone surrogates. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
	fc.string({ unit: "grapheme", minLength: 1 }),
	fc.constantFrom("[DONE]", "data: [DONE]\n\n", "a\r\nb\rc\n", "\u0000\u2028\u2029", "\ud83d", "\ude00x", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}", " ", "{}", "null"),
);
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/);
const base64 = fc.uint8Array({ minLength: 1, maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const webUrl = word.map((name) => `https://files.example/${name}`);
const count = fc.nat({ max: 1_000_000 });

/** Any JSON object as it comes out of `JSON.parse`, without the one key that schemas take away. */
export const arbitraryJsonObject: fc.Arbitrary<JsonObject> = fc
	.dictionary(fc.string().filter((key) => key !== "__proto__"), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
	.map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto")));
const jsonSchema: fc.Arbitrary<JsonObject> = fc.record({
	type: fc.constant("object"),
	properties: fc.dictionary(word, fc.constantFrom({ type: "string" }, { type: "integer", minimum: 0 }), { maxKeys: 3 }),
});

/** JSON text of tool input, with numbers that a detour over JavaScript numbers would change. */
const toolInput = fc.oneof(
	fc.constantFrom("{}", '{"n":0.10}', '{"big":12345678901234567890}', '{ "spaced" : [1 , 2] }', '{"text":"\\ud83d\\n"}'),
	arbitraryJsonObject.map((value) => JSON.stringify(value)),
);

const settingsOfOpenAI: fc.Arbitrary<Settings> = optional({
	maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
	temperature: fc.double({ min: 0, max: 2, noNaN: true }),
	topP: fc.double({ min: 0, max: 1, noNaN: true }),
	stopSequences: fc.array(arbitraryText, { minLength: 1, maxLength: 4 }),
	seed: fc.integer(),
	presencePenalty: fc.integer({ min: -2, max: 2 }),
	frequencyPenalty: fc.integer({ min: -2, max: 2 }),
	reasoning: fc.record({ effort: fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh") }),
	user: word,
});
const settingsOfAnthropic: fc.Arbitrary<Settings> = optional({
	temperature: fc.double({ min: 0, max: 1, noNaN: true }),
	topP: fc.double({ min: 0, max: 1, noNaN: true }),
	topK: fc.integer({ min: 1, max: 500 }),
	stopSequences: fc.array(arbitraryText, { minLength: 1, maxLength: 4 }),
	user: word,
}).chain((settings) => fc.integer({ min: 1, max: 100_000 }).map((maxOutputTokens) => ({ ...settings, maxOutputTokens })));

const reaches: Readonly<Record<DialectId, Reach>> = {
	"openai-chat": {
		severalTexts: false,
		refusals: true,
		reasoning: arbitraryText.map((text) => ({ type: "reasoning", text, metadata: { openai: { field: "reasoning_content" } } })),
		file: fc.oneof(
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url } })),
			fc.tuple(webUrl, fc.constantFrom("low", "high")).map(
				([url, detail]): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url }, metadata: { openai: { detail } } }),
			),
			base64File("image/png"),
			base64File("audio/wav"),
			base64File("audio/mpeg"),
			fc.tuple(base64File("application/pdf"), word).map(([file, name]): FilePart => ({ ...file, filename: `${name}.pdf` })),
			word.map((id): FilePart => ({ type: "file", mediaType: "application/octet-stream", data: { type: "id", id: `file-${id}` } })),
		),
		made: fc.oneof(
			base64File("image/png").map((file): FilePart => ({ ...file, metadata: { openai: {} } })),
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url }, metadata: { openai: { detail: "auto" } } })),
		),
		source: fc.tuple(webUrl, arbitraryText).map(([url, title]) => ({
			url,
			title,
			metadata: { openai: { type: "url_citation", url_citation: { url, title, start_index: 0, end_index: 1 } } },
		})),
		isErrorResult: false,
		developerMessages: true,
		systemAnywhere: true,
		tool: fc
			.tuple(jsonSchema, optional({ description: arbitraryText, strict: fc.boolean() }))
			.map(([inputSchema, rest]) => ({ inputSchema, ...rest })),
		toolChoices: (names) =>
			fc.oneof(
				fc.constantFrom<ToolChoice>({ type: "auto" }, { type: "none" }, { type: "required" }),
				fc.constantFrom(...names).map((toolName): ToolChoice => ({ type: "tool", toolName })),
				fc
					.tuple(fc.constantFrom("auto" as const, "required" as const), fc.subarray([...names], { minLength: 1 }))
					.map(([mode, toolNames]): ToolChoice => ({ type: "allowed", mode, toolNames })),
			),
		output: fc.oneof(
			fc.constantFrom<OutputFormat>({ type: "text" }, { type: "json" }),
			fc
				.tuple(jsonSchema, word, optional({ description: arbitraryText, strict: fc.boolean() }))
				.map(([schema, name, rest]): OutputFormat => ({ type: "json-schema", schema, name, ...rest })),
		),
		settings: settingsOfOpenAI,
		extras: optional({ logprobs: fc.boolean(), service_tier: fc.constantFrom("flex", "auto"), metadata: fc.constant({ a: "b" }), vendor_field: fc.nat() }),
		answerId: word.map((id) => `chatcmpl-${id}`),
		tellsCreation: true,
		finish: finishes([
			["stop", "stop"],
			["length", "length"],
			["tool-calls", "tool_calls"],
			["content-filter", "content_filter"],
		]),
		usage: fc.oneof(
			fc.constant<Usage>({}),
			fc
				.tuple(count, count, optional({ cachedInputTokens: count, cacheWriteTokens: count, reasoningTokens: fc.nat({ max: 9 }) }))
				.map(([inputTokens, outputTokens, rest]): Usage => ({ inputTokens, outputTokens: outputTokens + 10, ...rest })),
		),
	},
	"openai-responses": {
		severalTexts: true,
		refusals: true,
		reasoning: fc
			.tuple(fc.oneof(fc.constant(""), arbitraryText), base64)
			.map(([text, encrypted_content]): ReasoningPart => ({ type: "reasoning", text, metadata: { responses: { encrypted_content } } })),
		file: fc.oneof(
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url } })),
			fc.tuple(webUrl, fc.constantFrom("low", "high")).map(
				([url, detail]): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url }, metadata: { openai: { detail } } }),
			),
			base64File("image/png"),
			base64File("audio/wav"),
			base64File("audio/mpeg"),
			fc.tuple(base64File("application/pdf"), word).map(([file, name]): FilePart => ({ ...file, filename: `${name}.pdf` })),
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "application/pdf", data: { type: "url", url: `${url}.pdf` } })),
			word.map((id): FilePart => ({ type: "file", mediaType: "application/octet-stream", data: { type: "id", id: `file-${id}` } })),
			word.map((id): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "id", id: `file-${id}` } })),
		),
		source: fc.tuple(webUrl, arbitraryText).map(([url, title]) => ({
			url,
			title,
			metadata: { responses: { type: "url_citation", url, title, start_index: 0, end_index: 1 } },
		})),
		isErrorResult: false,
		developerMessages: true,
		systemAnywhere: true,
		joinsAnswers: true,
		tool: fc
			.tuple(jsonSchema, fc.boolean(), optional({ description: arbitraryText }))
			.map(([inputSchema, strict, rest]) => ({ inputSchema, strict, ...rest })),
		toolChoices: (names) =>
			fc.oneof(
				fc.constantFrom<ToolChoice>({ type: "auto" }, { type: "none" }, { type: "required" }),
				fc.constantFrom(...names).map((toolName): ToolChoice => ({ type: "tool", toolName })),
				fc
					.tuple(fc.constantFrom("auto" as const, "required" as const), fc.subarray([...names], { minLength: 1 }))
					.map(([mode, toolNames]): ToolChoice => ({ type: "allowed", mode, toolNames })),
			),
		output: fc.oneof(
			fc.constantFrom<OutputFormat>({ type: "text" }, { type: "json" }),
			fc
				.tuple(jsonSchema, word, optional({ description: arbitraryText, strict: fc.boolean() }))
				.map(([schema, name, rest]): OutputFormat => ({ type: "json-schema", schema, name, ...rest })),
		),
		settings: optional({
			maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
			temperature: fc.double({ min: 0, max: 2, noNaN: true }),
			topP: fc.double({ min: 0, max: 1, noNaN: true }),
			reasoning: fc.oneof(
				fc.record({ effort: fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh") }),
				fc.constant({ effort: "low", metadata: { responses: { summary: "auto" } } }),
			),
			user: word,
		}),
		extras: optional({
			service_tier: fc.constantFrom("flex", "auto"),
			truncation: fc.constant("auto"),
			text: fc.constant({ verbosity: "low" }),
			include: fc.constant(["web_search_call.action.sources"]),
			vendor_field: fc.nat(),
		}),
		answerId: word.map((id) => `resp_${id}`),
		tellsCreation: true,
		finish: finishes([
			["stop", "completed"],
			["length", "max_output_tokens"],
			["tool-calls", "completed"],
			["content-filter", "content_filter"],
		]),
		usage: fc.oneof(
			fc.constant<Usage>({}),
			fc
				.tuple(count, count, count, fc.nat({ max: 9 }), optional({ cacheWriteTokens: count }))
				.map(([inputTokens, outputTokens, cachedInputTokens, reasoningTokens, rest]): Usage => ({
					inputTokens,
					outputTokens: outputTokens + 10,
					cachedInputTokens,
					reasoningTokens,
					...rest,
				})),
		),
	},
	"anthropic-messages": {
		severalTexts: true,
		refusals: false,
		reasoning: fc.oneof(
			fc.tuple(arbitraryText, base64).map(([text, signature]): ReasoningPart => ({ type: "reasoning", text, metadata: { anthropic: { signature } } })),
			base64.map((redactedData): ReasoningPart => ({ type: "reasoning", text: "", metadata: { anthropic: { redactedData } } })),
		),
		file: fc.oneof(
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "image/*", data: { type: "url", url } })),
			base64File("image/png"),
			base64File("application/pdf"),
		),
		source: fc.tuple(webUrl, arbitraryText).map(([url, title]) => ({ url, title })),
		isErrorResult: true,
		developerMessages: false,
		systemAnywhere: false,
		tool: fc.tuple(jsonSchema, optional({ description: arbitraryText })).map(([inputSchema, rest]) => ({ inputSchema, ...rest })),
		toolChoices: (names) =>
			fc.oneof(
				fc.constantFrom<ToolChoice>({ type: "auto" }, { type: "none" }, { type: "required" }),
				fc.constantFrom(...names).map((toolName): ToolChoice => ({ type: "tool", toolName })),
			),
		output: jsonSchema.map((schema): OutputFormat => ({ type: "json-schema", schema })),
		settings: settingsOfAnthropic,
		extras: optional({ service_tier: fc.constantFrom("auto", "standard_only"), container: word }),
		answerId: word.map((id) => `msg_${id}`),
		tellsCreation: false,
		finish: finishes([
			["stop", "end_turn"],
			["length", "max_tokens"],
			["tool-calls", "tool_use"],
			["content-filter", "refusal"],
			["pause", "pause_turn"],
		]),
		usage: fc
			.tuple(count, count, optional({ cachedInputTokens: count, cacheWriteTokens: count }))
			.map(([uncached, outputTokens, cache]): Usage => ({
				inputTokens: uncached + (cache.cachedInputTokens ?? 0) + (cache.cacheWriteTokens ?? 0),
				outputTokens,
				...cache,
			})),
	},
	gemini: {
		severalTexts: false,
		refusals: false,
		reasoning: fc.oneof(
			arbitraryText.map((text): ReasoningPart => ({ type: "reasoning", text, metadata: { google: { thought: true } } })),
			fc
				.tuple(arbitraryText, base64)
				.map(([text, thoughtSignature]): ReasoningPart => ({ type: "reasoning", text, metadata: { google: { thought: true, thoughtSignature } } })),
		),
		file: fc.oneof(
			base64File("image/png"),
			base64File("application/pdf"),
			base64File("audio/wav"),
			webUrl.map((url): FilePart => ({ type: "file", mediaType: "video/mp4", data: { type: "url", url } })),
			base64File("video/mp4").map((file): FilePart => ({ ...file, metadata: { google: { videoMetadata: { fps: 2 } } } })),
		),
		made: fc.oneof(
			base64File("image/png"),
			fc.tuple(base64File("image/webp"), base64).map(([file, thoughtSignature]): FilePart => ({ ...file, metadata: { google: { thoughtSignature } } })),
			base64File("audio/wav"),
		),
		source: fc.constant({}),
		withoutSources: true,
		isErrorResult: true,
		namedResults: true,
		alwaysParallel: true,
		developerMessages: false,
		systemAnywhere: false,
		tool: fc.tuple(jsonSchema, optional({ description: arbitraryText })).map(([inputSchema, rest]) => ({ inputSchema, ...rest })),
		toolChoices: (names) =>
			fc.oneof(
				fc.constantFrom<ToolChoice>({ type: "auto" }, { type: "none" }, { type: "required" }),
				fc.constantFrom(...names).map((toolName): ToolChoice => ({ type: "tool", toolName })),
				fc.subarray([...names], { minLength: 1 }).map((toolNames): ToolChoice => ({ type: "allowed", mode: "auto", toolNames })),
				fc
					.subarray([...names], { minLength: Math.min(2, names.length) })
					.map((toolNames): ToolChoice => (toolNames.length < 2 ? { type: "required" } : { type: "allowed", mode: "required", toolNames })),
			),
		output: fc.oneof(
			fc.constantFrom<OutputFormat>({ type: "text" }, { type: "json" }),
			jsonSchema.map((schema): OutputFormat => ({ type: "json-schema", schema })),
		),
		settings: optional({
			maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
			temperature: fc.double({ min: 0, max: 2, noNaN: true }),
			topP: fc.double({ min: 0, max: 1, noNaN: true }),
			topK: fc.integer({ min: 1, max: 500 }),
			stopSequences: fc.array(arbitraryText, { minLength: 1, maxLength: 4 }),
			seed: fc.integer(),
			presencePenalty: fc.integer({ min: -2, max: 2 }),
			frequencyPenalty: fc.integer({ min: -2, max: 2 }),
			reasoning: fc.oneof(
				fc.constantFrom("minimal", "low", "medium", "high").map((effort) => ({ effort, metadata: { google: {} } })),
				fc.integer({ min: 1, max: 32_000 }).map((budgetTokens) => ({ budgetTokens, metadata: { google: { includeThoughts: true } } })),
				fc.constant({ mode: "adaptive", metadata: { google: { includeThoughts: false } } }),
			),
		}),
		extras: optional({
			safetySettings: fc.constant([{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }]),
			cachedContent: word.map((name) => `cachedContents/${name}`),
			generationConfig: fc.constant({ responseModalities: ["TEXT"], mediaResolution: "MEDIA_RESOLUTION_LOW" }),
			toolConfig: fc.constant({ retrievalConfig: { languageCode: "de" } }),
			vendorField: fc.nat(),
		}),
		answerId: word,
		tellsCreation: true,
		finish: finishes([
			["stop", "STOP"],
			["length", "MAX_TOKENS"],
			["tool-calls", "STOP"],
			["content-filter", "PROHIBITED_CONTENT"],
			["error", "MALFORMED_FUNCTION_CALL"],
			["other", "LANGUAGE"],
		]),
		usage: fc.oneof(
			fc.constant<Usage>({}),
			fc
				.tuple(count, count, optional({ cachedInputTokens: count, reasoningTokens: fc.nat({ max: 9 }) }))
				.map(([inputTokens, outputTokens, rest]): Usage => ({ inputTokens, outputTokens: outputTokens + 10, ...rest })),
		),
	},
};

/** A prompt that the dialect can say whole. */
export function arbitraryPrompt(dialect: DialectId): fc.Arbitrary<Prompt> {
	const reach = reaches[dialect];
	const names = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
	const tools = names.chain((chosen) =>
		fc
			.tuple(
				fc.tuple(...chosen.map((name) => reach.tool.map((rest): FunctionTool => ({ type: "function", name, ...rest })))),
				optional({ toolChoice: reach.toolChoices(chosen), ...(reach.alwaysParallel ? {} : { parallelToolCalls: fc.boolean() }) }),
			)
			.map(([definitions, choice]) => ({ tools: definitions, ...choice })),
	);
	return fc
		.tuple(
			conversation(reach),
			fc.option(tools, { nil: {} }),
			fc.option(reach.output.map((output) => ({ output })), { nil: {} }),
			reach.settings,
			fc.option(
				reach.extras.filter((fields) => Object.keys(fields).length > 0).map((fields) => ({ extras: { dialect, fields } })),
				{ nil: {} },
			),
		)
		.map(([messages, toolFields, outputField, settings, extrasField]) => ({ messages, ...toolFields, ...outputField, settings, ...extrasField }));
}

/** A whole answer that the dialect can say. */
export function arbitraryAnswer(dialect: DialectId): fc.Arbitrary<Answer> {
	const reach = reaches[dialect];
	const content = fc
		.tuple(answerTexts(reach), fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.toolCallId }))
		.map(([texts, calls]): readonly AssistantPart[] => [...texts, ...calls]);
	return fc
		.tuple(content, reach.answerId, word, fc.integer({ min: 1, max: 4_000_000_000 }), reach.finish, reach.usage)
		.map(([parts, id, model, seconds, finish, usage]) => {
			const calls = parts.some((part) => part.type === "tool-call");
			const ended = calls === (finish.reason === "tool-calls") ? finish : ({ reason: "length", rawReason: rawLength(dialect) } as const);
			return { id, model, ...(reach.tellsCreation ? { createdAt: seconds * 1000 } : {}), content: parts, finish: { ...ended, usage } };
		});
}

/** The same bytes in pieces, cut anywhere, empty pieces included. */
export function splitsOf(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
	return fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }).map((cuts) => {
		const marks = [0, ...cuts.sort((a, b) => a - b), bytes.length];
		return marks.slice(1).map((end, index) => bytes.slice(marks[index], end));
	});
}

const toolCall: fc.Arbitrary<ToolCallPart> = fc
	.tuple(word, word, toolInput)
	.map(([id, toolName, input]) => ({ type: "tool-call", toolCallId: `call_${id}`, toolName, input }));

function text(parts: Partial<Omit<TextPart, "type" | "text">> = {}): fc.Arbitrary<TextPart> {
	return arbitraryText.map((value) => ({ type: "text", text: value, ...parts }));
}

function base64File(mediaType: string): fc.Arbitrary<FilePart> {
	return base64.map((data) => ({ type: "file", mediaType, data: { type: "base64", base64: data } }));
}

function conversation(reach: Reach): fc.Arbitrary<readonly Message[]> {
	const system = fc
		.tuple(fc.array(text(), { minLength: 1, maxLength: 2 }), fc.boolean())
		.map(([content, isDeveloper]): Message => ({
			role: "system",
			content,
			...(isDeveloper && reach.developerMessages ? { metadata: { openai: { role: "developer" } } } : {}),
		}));
	const userPart: fc.Arbitrary<UserPart> = fc.oneof(text(), reach.file);
	const user = fc.array(userPart, { minLength: 1, maxLength: 3 }).map((content): Message => ({ role: "user", content }));
	const front = fc.array(system, { maxLength: reach.systemAnywhere ? 2 : 1 });
	const between = reach.systemAnywhere ? fc.oneof(user, user, system).map((message) => [message]) : user.map((message) => [message]);
	const rounds = fc.array(fc.oneof(between, assistantTurn(reach)), { maxLength: 4 });
	return fc.tuple(front, user, rounds).map(([first, opening, rest]) => [...first, opening, ...alternating(rest.flat(), reach)]);
}

/** Anthropic joins messages of one role: two user messages in a row would come back as one. */
function alternating(messages: readonly Message[], reach: Reach): readonly Message[] {
	if (reach.joinsAnswers) return messages.filter(({ role }, index) => role !== "assistant" || messages[index - 1]?.role !== "assistant");
	if (reach.systemAnywhere) return messages;
	const speaker = (message: Message | undefined) => (message === undefined || message.role === "tool" ? "user" : message.role);
	const kept: Message[] = [];
	for (const message of messages) {
		if (message.role === "tool" || speaker(kept.at(-1)) !== speaker(message)) kept.push(message);
	}
	return kept;
}

function assistantTurn(reach: Reach): fc.Arbitrary<readonly Message[]> {
	const calls = fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.toolCallId });
	return fc.tuple(historyTexts(reach), calls).chain(([texts, made]) => {
		const assistant: AssistantMessage = { role: "assistant", content: [...texts, ...made] };
		if (assistant.content.length === 0) return fc.constant([]);
		if (made.length === 0) return fc.constant([assistant]);
		return fc
			.tuple(...made.map(() => fc.tuple(reach.namedResults ? toolText : toolOutput, fc.boolean())))
			.map((outputs): readonly Message[] => {
				const results: ToolMessage = {
					role: "tool",
					content: made.map((call, index) => {
						const [output, failed] = outputs[index] ?? [{ type: "text" as const, text: "" }, false];
						const isError = failed && reach.isErrorResult ? ({ isError: true } as const) : {};
						const name = reach.namedResults ? { toolName: call.toolName } : {};
						return { type: "tool-result", toolCallId: call.toolCallId, ...name, output, ...isError };
					}),
				};
				return [assistant, results];
			});
	});
}

const toolText: fc.Arbitrary<ToolOutput> = arbitraryText.map((value): ToolOutput => ({ type: "text", text: value }));
const toolOutput: fc.Arbitrary<ToolOutput> = fc.oneof(
	toolText,
	fc.array(text(), { minLength: 2, maxLength: 3 }).map((parts): ToolOutput => ({ type: "parts", parts })),
);

function historyTexts(reach: Reach): fc.Arbitrary<readonly AssistantPart[]> {
	const texts = fc.array(text(), { maxLength: 2 });
	return fc.tuple(fc.array(reach.reasoning, { maxLength: 1 }), texts).map(([reasoning, said]) => [...reasoning, ...said]);
}

function answerTexts(reach: Reach): fc.Arbitrary<readonly AssistantPart[]> {
	const cited = fc
		.tuple(text(), fc.array(reach.source, { maxLength: reach.withoutSources ? 0 : 2 }))
		.map(([part, sources]): TextPart => (sources.length === 0 ? part : { ...part, sources }));
	const said = fc.array(cited, { maxLength: reach.severalTexts ? 2 : 1 });
	const refused = fc.array(text({ refusal: true }), { maxLength: reach.refusals ? 1 : 0 });
	const made = reach.made === undefined ? fc.constant([]) : fc.array(reach.made, { maxLength: 2 });
	return fc
		.tuple(fc.array(reach.reasoning, { maxLength: 1 }), said, refused, made)
		.map(([reasoning, texts, refusal, files]) => [...reasoning, ...texts, ...refusal, ...files]);
}

function finishes(words: readonly (readonly [FinishReason, string])[]): Reach["finish"] {
	return fc.constantFrom(...words).map(([reason, rawReason]) => ({ reason, rawReason }));
}

function rawLength(dialect: DialectId): string {
	return { "openai-chat": "length", "openai-responses": "max_output_tokens", "anthropic-messages": "max_tokens", gemini: "MAX_TOKENS" }[dialect];
}

/** A record in which every field may be missing. */
function optional<Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }): fc.Arbitrary<Partial<Fields>> {
	// The library's own type says the same in a form that a generic function cannot follow.
	return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<Fields>>;
}
