import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createGateway, fromAiSdk } from "@postern/core";
import { defaultSettingsMiddleware, wrapLanguageModel } from "ai";

const openai = createOpenAI();
const anthropic = createAnthropic();

export const gateway = createGateway({
	providers: {
		// Every model of a provider: callers ask for `openai/<any id>`; those that are named are listed.
		openai: fromAiSdk(openai, { models: ["gpt-5", "gpt-5-mini"], providerOptions: { openai: { store: false } } }),
		// One of its factories, by a function.
		chat: fromAiSdk((id) => openai.chat(id)),
		// One model, under its own id or names of yours, middleware and all.
		careful: fromAiSdk(
			wrapLanguageModel({ model: anthropic("claude-sonnet-4-5"), middleware: defaultSettingsMiddleware({ settings: { temperature: 0 } }) }),
			{ models: ["claude"] },
		),
	},
	routes: { smart: ["openai/gpt-5", "careful/claude"] },
});
