/** Fields of a messages request that have a canonical form. Whatever else a caller sends travels as extras. */
export const canonicalFields: ReadonlySet<string> = new Set([
	"model",
	"messages",
	"system",
	"max_tokens",
	"stream",
	"stop_sequences",
	"temperature",
	"top_p",
	"top_k",
	"tools",
	"tool_choice",
	"thinking",
	"output_config",
	"output_format",
	"metadata",
]);
