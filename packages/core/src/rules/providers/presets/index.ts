import { anthropic } from "./anthropic.ts";
import { cerebras } from "./cerebras.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini.ts";
import { groq } from "./groq.ts";
import { lmstudio } from "./lmstudio.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { together } from "./together.ts";
import { vllm } from "./vllm.ts";
import { xai } from "./xai.ts";

/** Every vendor by its name, in the order in which they are asked where nobody names one. */
export const presets = {
	openai,
	anthropic,
	gemini,
	groq,
	mistral,
	deepseek,
	together,
	fireworks,
	xai,
	cerebras,
	openrouter,
	ollama,
	lmstudio,
	vllm,
};

export type PresetName = keyof typeof presets;

/** `OPENAI_BASE_URL`: the environment variable that moves a vendor's address. */
export function baseUrlVariable(name: PresetName): string {
	return `${name.toUpperCase()}_BASE_URL`;
}
