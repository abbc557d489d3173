import type { GeminiModel } from "../../contract/wire/gemini.ts";
import type { ListedModel } from "../../rules/routing/models.ts";

export function modelObject({ id, facts = {} }: ListedModel): GeminiModel {
	const { kind, contextWindow, maxOutputTokens, reasoning } = facts;
	return {
		name: `models/${id}`,
		displayName: id,
		...(contextWindow === undefined ? {} : { inputTokenLimit: contextWindow }),
		...(maxOutputTokens === undefined ? {} : { outputTokenLimit: maxOutputTokens }),
		supportedGenerationMethods:
			kind === "embedding" ? ["embedContent", "batchEmbedContents"] : ["generateContent", "streamGenerateContent", "countTokens"],
		...(reasoning === undefined ? {} : { thinking: reasoning }),
	};
}
