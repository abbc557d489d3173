import type { AnthropicModel } from "../../contract/wire/anthropic-messages.ts";
import type { ModelFacts } from "../../rules/models/facts.ts";
import type { ListedModel } from "../../rules/routing/models.ts";

/** `created_at` is required by the format and unknown: the format's own value for that is the epoch. */
export function modelObject({ id, facts }: ListedModel): AnthropicModel {
	return {
		id,
		type: "model",
		display_name: id,
		created_at: "1970-01-01T00:00:00Z",
		max_input_tokens: facts?.contextWindow ?? null,
		max_tokens: facts?.maxOutputTokens ?? null,
		capabilities: facts?.tools === undefined ? null : capabilitiesOf(facts),
		lifecycle: "active",
		line: null,
		deprecated_at: null,
		retires_at: null,
	};
}

/** The format has no word for "not known" but for all of them at once: what is not known to work is told as if it did not. */
function capabilitiesOf({ inputModalities = [], structuredOutput = false, reasoning = false }: ModelFacts): NonNullable<AnthropicModel["capabilities"]> {
	return {
		batch: no,
		citations: no,
		code_execution: no,
		context_management: { supported: false, clear_thinking_20251015: no, clear_tool_uses_20250919: no, compact_20260112: no },
		effort: { ...is(reasoning), low: is(reasoning), medium: is(reasoning), high: is(reasoning), xhigh: null, max: no },
		image_input: is(inputModalities.includes("image")),
		pdf_input: is(inputModalities.includes("file")),
		server_tools: { supported: false, code_execution: no, web_search: no },
		structured_outputs: is(structuredOutput),
		thinking: {
			...is(reasoning),
			types: { adaptive: is(reasoning), between_tools: no, disabled: is(true), enabled: is(reasoning) },
		},
	};
}

const no = { supported: false };
function is(supported: boolean): { supported: boolean } {
	return { supported };
}
