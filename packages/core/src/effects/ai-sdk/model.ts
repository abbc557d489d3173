/**
 * A language model of the Vercel AI SDK by what its versions 2 to 4 have in common, so that no package of the AI SDK is needed:
 * `openai("gpt-5")`, `anthropic("claude-sonnet-5")`, a model of your own, one wrapped in middleware, ...
 */
export interface AiSdkModel {
	/** `v2`, `v3` or `v4`. */
	readonly specificationVersion: string;
	readonly provider: string;
	readonly modelId: string;
	doGenerate(options: object): PromiseLike<object>;
	doStream(options: object): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
}

/** What makes models by their ids: a provider that can be called (`openai`), or one with a method for it (a registry, a custom provider). */
export type AiSdkProvider = ((modelId: string) => AiSdkModel) | { languageModel(modelId: string): AiSdkModel };

export const specificationVersions = ["v2", "v3", "v4"] as const;
export type SpecificationVersion = (typeof specificationVersions)[number];

export function versionOf({ specificationVersion }: AiSdkModel): SpecificationVersion | undefined {
	return specificationVersions.find((version) => version === specificationVersion);
}
