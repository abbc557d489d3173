/** Fields of a request that have a canonical form. Whatever else a caller sends travels as extras. */
export const canonicalFields: ReadonlySet<string> = new Set(["model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig"]);

/** The same inside `generationConfig`. */
export const generationFields: ReadonlySet<string> = new Set([
	"temperature",
	"topP",
	"topK",
	"candidateCount",
	"maxOutputTokens",
	"stopSequences",
	"seed",
	"presencePenalty",
	"frequencyPenalty",
	"responseMimeType",
	"responseSchema",
	"responseJsonSchema",
	"thinkingConfig",
]);
export const toolConfigFields: ReadonlySet<string> = new Set(["functionCallingConfig"]);
export const callingFields: ReadonlySet<string> = new Set(["mode", "allowedFunctionNames"]);
