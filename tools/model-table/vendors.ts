export interface VendorNames {
	/** In `@pydantic/genai-prices`; the second stands in for what the first does not know. */
	readonly prices: readonly string[];
	/** In the catalogs. */
	readonly catalog: string;
	/** Whether what OpenRouter tells of a model holds at this vendor: where a model is served by the one that made it. */
	readonly isMaker?: true;
	/** Where both sources price a model and differ, the catalog is believed: it follows vendors that change their prices often. */
	readonly catalogWins?: true;
	/** What its names look like, where the price table files other services' names or pieces of names under it. */
	readonly pattern?: RegExp;
}

/** The vendors that Postern has a preset for, and what the sources call them. */
export const vendors: Readonly<Record<string, VendorNames>> = {
	openai: { prices: ["openai"], catalog: "openai", isMaker: true },
	anthropic: { prices: ["anthropic"], catalog: "anthropic", isMaker: true },
	gemini: { prices: ["google"], catalog: "google", isMaker: true, pattern: /^(gemini|gemma)-/ },
	groq: { prices: ["groq"], catalog: "groq", catalogWins: true },
	mistral: { prices: ["mistral"], catalog: "mistral", isMaker: true, catalogWins: true },
	deepseek: { prices: ["deepseek"], catalog: "deepseek", isMaker: true, catalogWins: true },
	together: { prices: ["together"], catalog: "together", catalogWins: true },
	cerebras: { prices: ["cerebras"], catalog: "cerebras", catalogWins: true, pattern: /^(?!cerebras[/:])/ },
	fireworks: { prices: ["fireworks"], catalog: "fireworks" },
	xai: { prices: ["x-ai"], catalog: "xai", isMaker: true, pattern: /^grok-/ },
	openrouter: { prices: ["openrouter"], catalog: "openrouter", isMaker: true, catalogWins: true },
	azure: { prices: ["azure", "openai"], catalog: "azure", isMaker: true },
	bedrock: { prices: ["aws"], catalog: "amazon-bedrock", pattern: /\./ },
};

/** Not asked by prompts, gone for years, or asked by other means than one exchange. */
const leftOut = [
	/image|tts|whisper|transcribe|realtime|speech|audio|-live|sonic|ocr|moderation|guard|rerank|robotics|computer-use|deep-research/,
	/davinci|curie|babbage|^ada$|^text-embedding-ada$/,
	/:batch$|:free$|^ft:|\.ft-$|^~/,
];
export function isLeftOut(name: string, { pattern }: VendorNames): boolean {
	return pattern?.test(name) === false || leftOut.some((expression) => expression.test(name));
}
