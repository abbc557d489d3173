import type {
	AnalyticsCache,
	AnalyticsOverview,
	AnalyticsProviders,
	AnalyticsRoutes,
	FeedbackRequest,
	FeedbackSaved,
	RequestTrace,
	RouterWeights,
	WeightsRequest,
	WeightsSaved,
} from "@postern/core/contract";
import type { CallOptions, ClientOptions } from "./options.ts";
import { createTransport } from "./transport.ts";

export { type ClientErrorCode, PosternError, type PosternErrorCode, type PosternErrorDetails } from "./error.ts";
export type { CacheChoice, CallOptions, ClientOptions } from "./options.ts";
export type { AnalyticsCache, AnalyticsOverview, AnalyticsProviders, AnalyticsRoutes, FeedbackRequest, FeedbackSaved, RequestTrace, RouterWeights, WeightsRequest, WeightsSaved };

/** Of which project. A key has its own; for the operator without one: of the requests that belong to none. */
export interface WeightsQuery {
	readonly projectId?: string;
}

/** Whose figures, and of what time. */
export interface AnalyticsQuery {
	/** A key's own where it is left out; for the operator the whole gateway. */
	readonly projectId?: string;
	/** A date (`2026-11-01`) or an instant. Default: 30 days up to `to`. */
	readonly from?: string;
	/** A date, which is included, or an instant. Default: now. */
	readonly to?: string;
	/** An IANA time zone, by which days begin and end. Default: UTC. */
	readonly tz?: string;
}

/** A method for every operation of the insights surface: what was used, what it cost, how it went, and how good it was. */
export interface InsightsClient {
	getOverview(query?: AnalyticsQuery, options?: CallOptions): Promise<AnalyticsOverview>;
	getProviders(query?: AnalyticsQuery, options?: CallOptions): Promise<AnalyticsProviders>;
	/** Day by day, newest first. */
	getCache(query?: AnalyticsQuery, options?: CallOptions): Promise<AnalyticsCache>;
	/** Day by day, newest first. `limit`: rows at most, 100 unless told otherwise. */
	getRoutes(query?: AnalyticsQuery & { readonly limit?: number }, options?: CallOptions): Promise<AnalyticsRoutes>;
	/** The records as CSV, whole: fetch the address itself where that is too much for the memory. */
	exportUsage(query?: AnalyticsQuery, options?: CallOptions): Promise<string>;
	/** What became of a request, by the id that `x-request-id` told. */
	getRequest(id: string, options?: CallOptions): Promise<RequestTrace>;
	/** What the router has learnt of each model. */
	getWeights(query?: WeightsQuery, options?: CallOptions): Promise<RouterWeights>;
	/** Says how good models' answers are: what `getWeights` gave may be edited and put back. `score: null` takes a score away. */
	putWeights(weights: WeightsRequest, query?: WeightsQuery, options?: CallOptions): Promise<WeightsSaved>;
	/** Says how good an answer was, from 0 to 1; a later word takes the place of an earlier one. */
	postFeedback(feedback: FeedbackRequest, options?: CallOptions): Promise<FeedbackSaved>;
}

/**
 * A client of the figures of the gateway at `baseUrl`, beside `createClient` and with the same options: an entry of its own, so that pages
 * that only use models carry nothing of it.
 * @throws {TypeError} naming the option that cannot be used
 */
export function createInsightsClient(options: ClientOptions = {}): InsightsClient {
	const { json, text } = createTransport(options);
	const analytics = "/v1/analytics/";
	return {
		getOverview: (query, call) => json(`${analytics}overview${search(query)}`, call),
		getProviders: (query, call) => json(`${analytics}providers${search(query)}`, call),
		getCache: (query, call) => json(`${analytics}cache${search(query)}`, call),
		getRoutes: (query, call) => json(`${analytics}routes${search(query)}`, call),
		exportUsage: (query, call) => text(`${analytics}export.csv${search(query)}`, call),
		getRequest: (id, call) => json(`/v1/requests/${encodeURIComponent(id)}`, call),
		getWeights: (query, call) => json(`/v1/weights${search(query)}`, call),
		putWeights: (body, query, call) => json(`/v1/weights${search(query)}`, call, { method: "PUT", body }),
		postFeedback: (body, call) => json("/v1/feedback", call, { body }),
	};
}

function search(query: object = {}): string {
	const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
	return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
