import { z } from "zod";
import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import { costUsd, model, provider, system, temperature, warnings } from "./fields.ts";

/** The limits are those of the first API document: 100,000 characters of prompt, 50,000 of system text. */
export const promptRequest = z
	.strictObject({
		prompt: z.string().min(1).max(100_000),
		provider,
		model,
		system: system.pipe(z.string().max(50_000).optional()),
		maxTokens: z.int().positive().optional().meta({ description: "The most tokens the answer may have", example: 4096 }),
		temperature,
	})
	.meta({ id: "PromptRequest" });
export type PromptRequest = z.input<typeof promptRequest>;

export const promptResult = z
	.object({
		text: z.string(),
		tokensIn: z.int().nonnegative(),
		tokensOut: z.int().nonnegative(),
		latencyMs: z.int().nonnegative(),
		request_id: z.string(),
		provider: z.string(),
		model: z.string(),
		costUsd,
		warnings,
	})
	.meta({ id: "PromptResult" });
export type PromptResult = z.output<typeof promptResult>;

const example = { prompt: "Explain recursion in simple terms", system: "You are a helpful tutor", maxTokens: 4096, temperature: 0.7 };

export const promptOperations = {
	prompt: {
		surface: "prompt",
		method: "POST",
		path: "/v1/prompt",
		summary: "Send a prompt, receive the whole answer",
		access: "principal",
		body: promptRequest,
		idempotency: "kept",
		isCacheable: true,
		output: { kind: "json", schema: promptResult },
		errors: [...requestErrors, ...exchangeErrors],
		example,
	},
	stream: {
		surface: "prompt",
		method: "POST",
		path: "/v1/stream",
		summary: "Send a prompt, receive the answer as raw text events",
		access: "principal",
		body: promptRequest,
		idempotency: "kept",
		isCacheable: true,
		output: {
			kind: "events",
			description:
				"The answer's text, one event a piece: its lines are `data:` lines, joined by a line feed. Text that such lines cannot carry (a carriage return, a lone surrogate) comes as `event: json` with `{text}`. Ends with `data: [DONE]`; a failure after the first piece ends with `event: error` and `{error, code, requestId}` instead.",
			events: {
				message: z.string(),
				json: z.object({ text: z.string() }),
				error: z.object({ error: z.string(), code: z.string(), requestId: z.string() }),
			},
		},
		errors: [...requestErrors, ...exchangeErrors],
		example,
	},
} as const satisfies Record<string, Operation>;
