import { describe, expect, it } from "vitest";
import { decodeUsage as decodeGemini } from "../../../src/rules/dialects/gemini/usage.ts";
import { decodeUsage as decodeChat, encodeUsage as encodeChat } from "../../../src/rules/dialects/openai-chat/usage.ts";

// Types: openai's CompletionUsage, @google/genai's ModalityTokenCount.
describe("tokens of sound", () => {
	it("are told by OpenAI in the details, and 0 is no news", () => {
		const wire = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, prompt_tokens_details: { cached_tokens: 0, audio_tokens: 80 }, completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 40 } };
		expect(decodeChat(wire)).toEqual({ inputTokens: 100, outputTokens: 50, cachedInputTokens: 0, reasoningTokens: 0, audioInputTokens: 80, audioOutputTokens: 40 });
		expect(decodeChat({ prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { audio_tokens: 0 }, completion_tokens_details: { audio_tokens: 0 } })).toEqual({ inputTokens: 1, outputTokens: 1 });
		expect(encodeChat(decodeChat(wire))).toEqual(wire);
	});

	it("are told by Gemini by modality", () => {
		const wire = {
			promptTokenCount: 100, candidatesTokenCount: 50,
			promptTokensDetails: [{ modality: "TEXT", tokenCount: 20 }, { modality: "AUDIO", tokenCount: 80 }],
			candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 50 }],
		};
		expect(decodeGemini(wire)).toEqual({ inputTokens: 100, outputTokens: 50, audioInputTokens: 80, audioOutputTokens: 50 });
		expect(decodeGemini({ promptTokenCount: 3, promptTokensDetails: [{ modality: "AUDIO" }, 7] })).toEqual({ inputTokens: 3 });
	});
});
