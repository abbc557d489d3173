import { z } from "zod";

/** Fields that several operations share. */
export const model = z.string().min(1).optional().meta({
	description: "`provider/model`, the alias of a route, or a model's bare name beside `provider`. Absent: the gateway's default.",
	example: "sim/echo",
});
export const provider = z.string().min(1).optional().meta({ description: "A configured provider's name" });
export const system = z.string().optional().meta({ description: "Instructions that stand before the conversation" });
export const temperature = z.number().min(0).max(2).optional();

export const warnings = z
	.array(z.object({ code: z.string(), field: z.string().optional(), message: z.string() }))
	.optional()
	.meta({ description: "What was dropped, clamped or changed on the way to the provider" });

export const costUsd = z.number().nonnegative().optional().meta({ description: "What it cost, in US dollars. Absent: nobody knows the price" });

export const usage = z
	.object({
		inputTokens: z.int().nonnegative(),
		outputTokens: z.int().nonnegative(),
		totalTokens: z.int().nonnegative(),
	})
	.meta({ id: "Usage" });
export type UsageTotals = z.output<typeof usage>;

export const errorBody = z
	.object({
		error: z.string(),
		code: z.string(),
		requestId: z.string(),
		issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
		rawText: z.string().optional(),
	})
	.meta({ id: "Error" });
export type ErrorBody = z.output<typeof errorBody>;
