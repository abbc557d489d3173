import { z } from "zod";
import { decisionReasons, usageOutcomes } from "../session.ts";
import { strategies } from "../route.ts";
import type { Operation } from "../operation.ts";

const count = z.int().nonnegative();
const usd = z.number().nonnegative();
const milliseconds = z.number().nonnegative().nullable().meta({ description: "null where nothing was measured" });
const time = z.iso.datetime();
const microUsd = count.meta({ description: "Millionths of a US dollar, exactly" });
const unpriced = count.meta({ description: "Requests of which nobody knows what they cost: the sums do not hold them" });
const period = { from: time, to: time, timeZone: z.string() };

export const overview = z
	.object({
		...period,
		totalRequests: count,
		totalTokensIn: count,
		totalTokensOut: count,
		totalCost: usd.meta({ description: "US dollars, to four decimals" }),
		totalCostMicroUsd: microUsd,
		unpricedRequests: unpriced,
		cachedCount: count,
		boostedCount: count.meta({ description: "Answered by rules without a model: this gateway has none" }),
		cacheHitRate: z.string().meta({ example: "12.3%" }),
		boostRate: z.string().meta({ example: "0.0%" }),
		avgLatencyMs: milliseconds,
		p50LatencyMs: milliseconds,
		p95LatencyMs: milliseconds,
		avgFirstEventMs: milliseconds,
		cachedTokensIn: count.meta({ description: "Of the input, what providers read from their prompt caches" }),
		cacheWriteTokensIn: count,
		reasoningTokensOut: count,
		outcomes: z.object(Object.fromEntries(usageOutcomes.map((outcome) => [outcome, count])) as Record<(typeof usageOutcomes)[number], typeof count>),
		dailyUsed: count.meta({ description: "Requests of today: of the day in UTC that `dailyLimit` counts, where there is one, else of the day in the time zone" }),
		dailyLimit: count.nullable().meta({ description: "Requests a day, of the project or its organisation: the one of which the least is left. null where neither has one" }),
		dailyRemaining: count.nullable(),
	})
	.meta({ id: "AnalyticsOverview" });
export type AnalyticsOverview = z.output<typeof overview>;

export const providers = z
	.object({
		...period,
		providers: z.array(
			z.object({
				provider: z.string(),
				model: z.string(),
				requestCount: count,
				failedCount: count,
				totalCost: usd,
				totalCostMicroUsd: microUsd,
				unpricedRequests: unpriced,
				avgLatencyMs: milliseconds,
				p50LatencyMs: milliseconds,
				p95LatencyMs: milliseconds,
				avgFirstEventMs: milliseconds,
				totalTokensIn: count,
				totalTokensOut: count,
			}),
		),
	})
	.meta({ id: "AnalyticsProviders" });
export type AnalyticsProviders = z.output<typeof providers>;

const day = z.iso.date();
export const cache = z
	.object({
		...period,
		daily: z.array(
			z.object({
				day,
				total: count,
				cached: count,
				boosted: count,
				hitRate: z.number().min(0).max(1),
				saved: usd.meta({ description: "What the cached answers would have cost, by the mean price of the day's answers of the same model, or the whole period's where the day has none" }),
			}),
		),
	})
	.meta({ id: "AnalyticsCache" });
export type AnalyticsCache = z.output<typeof cache>;

export const routes = z
	.object({
		...period,
		routes: z.array(
			z.object({
				route: z.string().nullable().meta({ description: "The alias that was asked for; null where a model was named" }),
				provider: z.string(),
				model: z.string(),
				day,
				requestCount: count,
				avgLatencyMs: milliseconds,
			}),
		),
	})
	.meta({ id: "AnalyticsRoutes" });
export type AnalyticsRoutes = z.output<typeof routes>;

const attempt = z.object({
	target: z.string().meta({ example: "openai#2/gpt-4o-mini" }),
	startedMs: count.meta({ description: "Since the exchange began" }),
	durationMs: count,
	failure: z.string().optional(),
	status: z.int().optional().meta({ description: "The provider's HTTP status, of a failed attempt" }),
});

const targetScore = z.object({
	target: z.string(),
	mean: z.number().meta({ description: "Expected utility, 0 to 1" }),
	sampled: z.number().meta({ description: "What was drawn for it, and compared; the mean where nothing was drawn" }),
	n: z.number().meta({ description: "Observations that the mean rests on, fading" }),
});

export const requestTrace = z
	.object({
		id: z.string(),
		startedAt: time,
		surface: z.string(),
		operation: z.string(),
		principalId: z.string(),
		keyId: z.string().optional(),
		projectId: z.string().optional(),
		organisationId: z.string().optional(),
		sessionId: z.string().optional(),
		route: z.string().optional(),
		provider: z.string().optional(),
		model: z.string().optional(),
		streamed: z.boolean(),
		outcome: z.enum(usageOutcomes),
		cached: z.enum(["exact", "semantic"]).optional(),
		status: z.int(),
		errorCode: z.string().optional(),
		usage: z.object({
			inputTokens: z.number().optional(),
			outputTokens: z.number().optional(),
			cachedInputTokens: z.number().optional(),
			cacheWriteTokens: z.number().optional(),
			reasoningTokens: z.number().optional(),
			audioInputTokens: z.number().optional(),
			audioOutputTokens: z.number().optional(),
		}),
		isEstimated: z.literal(true).optional(),
		costUsd: usd.optional(),
		costMicroUsd: count.optional(),
		priceVersion: z.string().optional(),
		firstEventMs: z.number().optional(),
		durationMs: z.number(),
		attempts: z.array(attempt),
		decision: z
			.object({
				strategy: z.enum(strategies),
				reason: z.enum(decisionReasons),
				resting: z.array(z.string()).optional(),
				context: z.string().optional().meta({ description: "Of a route that learns: the kind of request it was taken for", example: "mct--" }),
				scores: z.array(targetScore).optional().meta({ description: "Of a route that learns: what was expected of each target" }),
			})
			.optional(),
		answeredFrom: z.string().optional().meta({ description: "Of an answer from the cache: the request that made it" }),
		feedback: z.object({ score: z.number().min(0).max(1), at: time }).optional().meta({ description: "The last word on the answer" }),
	})
	.meta({ id: "RequestTrace" });
export type RequestTrace = z.output<typeof requestTrace>;

const query = {
	projectId: "The project (also as header `x-project-id`). A key has its own; the operator may leave it out: the whole gateway",
	from: "A date or an instant, at full quarters of an hour. Default: 30 days up to `to`",
	to: "A date, which is included, or an instant. Default: now",
	tz: "An IANA time zone, by which days begin and end. Default: UTC",
} as const;
const errors = ["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN", "NOT_FOUND"] as const;
const common = { surface: "insights", method: "GET", access: "principal", errors } as const;

export const insightsOperations = {
	getAnalyticsOverview: {
		...common,
		path: "/v1/analytics/overview",
		summary: "Requests, tokens, cost, cache and latency of a project",
		description: "Every request that passed authentication counts, those that the gateway refused included; latencies are those of answers.",
		query,
		output: { kind: "json", schema: overview },
	},
	getAnalyticsProviders: {
		...common,
		path: "/v1/analytics/providers",
		summary: "Requests and cost by provider and model",
		description: "The requests that were sent to them, the most asked first.",
		query,
		output: { kind: "json", schema: providers },
	},
	getAnalyticsCache: {
		...common,
		path: "/v1/analytics/cache",
		summary: "Cache hits and savings by day",
		description: "Newest first, at most 366 days.",
		query,
		output: { kind: "json", schema: cache },
	},
	getAnalyticsRoutes: {
		...common,
		path: "/v1/analytics/routes",
		summary: "Which models the router chose, by day",
		description: "Newest first, at most 366 days.",
		query: { ...query, limit: "How many rows at most: 1 to 1000. Default 100" },
		output: { kind: "json", schema: routes },
	},
	exportUsage: {
		...common,
		path: "/v1/analytics/export.csv",
		summary: "Usage records as CSV",
		description:
			"Newest first, after RFC 4180, UTF-8, a header line first. Fields that a spreadsheet would take for a formula begin with an apostrophe. An export that breaks off ends with a line of the one field `ERROR`.",
		query,
		output: { kind: "text", contentType: "text/csv; charset=utf-8; header=present" },
	},
	getRequest: {
		...common,
		path: "/v1/requests/:id",
		summary: "What became of a request: attempts, decision, usage, cost",
		description: "For as long as records are kept; to members of its project, and to whoever sent it.",
		parameters: { id: "The request's id (`req_...`), as `x-request-id` tells it" },
		output: { kind: "json", schema: requestTrace },
	},
	getUnknownAnalytics: {
		...common,
		path: "/v1/analytics/**:endpoint",
		summary: "Whatever else is asked for",
		isUnlisted: true,
		parameters: { endpoint: "Any path" },
		output: { kind: "empty" },
	},
} as const satisfies Record<string, Operation>;
