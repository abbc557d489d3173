import { type AnthropicMethods, anthropicMethods } from "./anthropic.ts";
import { type GeminiMethods, geminiMethods } from "./gemini.ts";
import { type MetaMethods, metaMethods } from "./meta.ts";
import { type OpenAIMethods, openaiMethods } from "./openai.ts";
import type { ClientOptions } from "./options.ts";
import { type PromptMethods, promptMethods } from "./prompt.ts";
import { type TextMethods, textMethods } from "./text.ts";
import { createTransport } from "./transport.ts";
import { type UiMethods, uiMethods } from "./ui.ts";

/**
 * A method for every operation of a gateway. What speaks Postern's own language stands on the client itself; what speaks
 * another API's stands in a group of that API's name.
 */
export interface Client extends MetaMethods, PromptMethods, TextMethods {
	readonly openai: OpenAIMethods;
	readonly anthropic: AnthropicMethods;
	readonly gemini: GeminiMethods;
	readonly ui: UiMethods;
}

/**
 * A client of the gateway at `baseUrl`, or of one in the same process: `createClient({ fetch: gateway.fetch })`. It sends nothing
 * by itself and repeats nothing. Methods fail with `PosternError`.
 * @throws {TypeError} naming the option that cannot be used
 */
export function createClient(options: ClientOptions = {}): Client {
	const transport = createTransport(options);
	return {
		...metaMethods(transport),
		...promptMethods(transport),
		...textMethods(transport),
		openai: openaiMethods(transport),
		anthropic: anthropicMethods(transport),
		gemini: geminiMethods(transport),
		ui: uiMethods(transport),
	};
}
