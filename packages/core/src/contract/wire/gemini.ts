import { z } from "zod";

/**
 * Google's `generateContent` (API version `v1beta`) as callers speak it. Objects are loose: parts, tools and settings that this
 * gateway has no word for travel on to a provider of the same dialect.
 */

const text = z.string();
const count = z.int().nonnegative();
const json = z.record(z.string(), z.unknown());

const blob = z.looseObject({ mimeType: text.nullish(), data: text }).meta({ id: "GeminiBlob", description: "Base64 bytes" });
const fileData = z.looseObject({ mimeType: text.nullish(), fileUri: text.min(1) }).meta({ id: "GeminiFileData" });
const functionCall = z
	.looseObject({ id: text.nullish(), name: text.min(1), args: json.nullish() })
	.meta({ id: "GeminiFunctionCall" });
const functionResponse = z
	.looseObject({
		id: text.nullish(),
		name: text.min(1),
		response: json.nullish().meta({ description: "`{output}`, `{error}`, or any object, which is taken as the output" }),
		parts: z.array(z.looseObject({ inlineData: blob.nullish(), fileData: fileData.nullish() })).nullish(),
	})
	.meta({ id: "GeminiFunctionResponse" });
const part = z
	.looseObject({
		text: text.nullish(),
		thought: z.boolean().nullish(),
		thoughtSignature: text.nullish(),
		inlineData: blob.nullish(),
		fileData: fileData.nullish(),
		functionCall: functionCall.nullish(),
		functionResponse: functionResponse.nullish(),
		executableCode: z.looseObject({ language: text.nullish(), code: text }).nullish(),
		codeExecutionResult: z.looseObject({ outcome: text.nullish(), output: text.nullish() }).nullish(),
	})
	.meta({ id: "GeminiPart", description: "One of its data fields; parts of other kinds pass to providers of this dialect" });
/** What a message says, and what an embedding is made of. */
export const geminiContent = z
	.looseObject({ role: text.nullish().meta({ description: "`user` or `model`; `user` where it is missing" }), parts: z.array(part).nullish() })
	.meta({ id: "GeminiContent" });

const schema = json.meta({ description: "A schema in Google's OpenAPI subset (`type: STRING`)" });
const jsonSchema = json.meta({ description: "A JSON Schema" });
const functionDeclaration = z
	.looseObject({ name: text.min(1), description: text.nullish(), parameters: schema.nullish(), parametersJsonSchema: jsonSchema.nullish() })
	.meta({ id: "GeminiFunctionDeclaration" });
const tool = z
	.looseObject({ functionDeclarations: z.array(functionDeclaration).nullish() })
	.meta({ id: "GeminiTool", description: "Functions of the caller, or a tool that Google runs: `googleSearch`, `codeExecution`, `urlContext`, ..." });
const toolConfig = z
	.looseObject({
		functionCallingConfig: z
			.looseObject({
				mode: text.nullish().meta({ description: "`AUTO`, `ANY`, `NONE` or `VALIDATED`" }),
				allowedFunctionNames: z.array(text).nullish(),
			})
			.nullish(),
	})
	.meta({ id: "GeminiToolConfig" });

const generationConfig = z
	.looseObject({
		temperature: z.number().nonnegative().nullish(),
		topP: z.number().nonnegative().nullish(),
		topK: z.number().nonnegative().nullish(),
		candidateCount: count.nullish(),
		maxOutputTokens: count.nullish(),
		stopSequences: z.array(text).nullish(),
		seed: z.int().nullish(),
		presencePenalty: z.number().nullish(),
		frequencyPenalty: z.number().nullish(),
		responseMimeType: text.nullish(),
		responseSchema: schema.nullish(),
		responseJsonSchema: jsonSchema.nullish(),
		thinkingConfig: z
			.looseObject({ includeThoughts: z.boolean().nullish(), thinkingBudget: z.int().nullish(), thinkingLevel: text.nullish() })
			.nullish()
			.meta({ description: "`thinkingBudget` 0 switches thinking off, -1 leaves it to the model; `thinkingLevel` is `minimal` to `high`" }),
	})
	.meta({ id: "GeminiGenerationConfig" });

export const generateContentRequest = z
	.looseObject({
		contents: z.array(geminiContent).min(1),
		systemInstruction: geminiContent.nullish(),
		tools: z.array(tool).nullish(),
		toolConfig: toolConfig.nullish(),
		generationConfig: generationConfig.nullish(),
		safetySettings: z.array(z.looseObject({})).nullish(),
		cachedContent: text.nullish(),
	})
	.meta({ id: "GeminiGenerateContentRequest" });
export type GenerateContentRequest = z.output<typeof generateContentRequest>;

export const geminiCountRequest = z
	.looseObject({ contents: z.array(geminiContent).nullish(), generateContentRequest: generateContentRequest.nullish() })
	.meta({ id: "GeminiCountTokensRequest", description: "`contents` alone, or a whole `generateContentRequest` with its tools and instructions" });
export type GeminiCountTokensRequest = z.output<typeof geminiCountRequest>;

const usageMetadata = z
	.looseObject({
		promptTokenCount: count.optional().meta({ description: "All input tokens, those read from a cache included" }),
		cachedContentTokenCount: count.optional(),
		candidatesTokenCount: count.optional().meta({ description: "Without the thoughts" }),
		thoughtsTokenCount: count.optional(),
		totalTokenCount: count.optional(),
	})
	.meta({ id: "GeminiUsageMetadata" });
const candidate = z
	.looseObject({
		content: geminiContent.optional(),
		finishReason: text.optional().meta({ description: "`STOP`, `MAX_TOKENS`, `SAFETY`, ...; missing until it is known" }),
		index: count.optional(),
		groundingMetadata: z.looseObject({}).optional(),
		citationMetadata: z.looseObject({}).optional(),
	})
	.meta({ id: "GeminiCandidate" });
export const generateContentResponse = z
	.looseObject({
		candidates: z.array(candidate).optional(),
		promptFeedback: z.looseObject({ blockReason: text.optional() }).optional(),
		usageMetadata: usageMetadata.optional(),
		modelVersion: text.optional(),
		responseId: text.optional(),
	})
	.meta({ id: "GeminiGenerateContentResponse" });
export type GenerateContentResponse = z.output<typeof generateContentResponse>;

export const geminiCount = z.looseObject({ totalTokens: count }).meta({ id: "GeminiCountTokensResponse" });

export const geminiError = z
	.object({ error: z.looseObject({ code: z.int(), message: text, status: text.meta({ description: "`INVALID_ARGUMENT`, `RESOURCE_EXHAUSTED`, ..." }) }) })
	.meta({ id: "GeminiError" });

export const geminiModel = z
	.looseObject({
		name: text.meta({ description: "`models/` and the name to ask for" }),
		displayName: text,
		inputTokenLimit: count.optional().meta({ description: "The context window, where it is known" }),
		outputTokenLimit: count.optional().meta({ description: "The longest answer, where it is known" }),
		supportedGenerationMethods: z.array(text),
		thinking: z.boolean().optional().meta({ description: "Whether it reasons, where it is known" }),
	})
	.meta({ id: "GeminiModel" });
export type GeminiModel = z.output<typeof geminiModel>;
export const geminiModelList = z
	.looseObject({ models: z.array(geminiModel), nextPageToken: text.optional() })
	.meta({ id: "GeminiModelList" });
