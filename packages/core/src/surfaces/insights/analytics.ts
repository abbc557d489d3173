import { z } from "zod";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { AnalyticsCache, AnalyticsOverview, AnalyticsProviders, AnalyticsRoutes } from "../../contract/operations/insights.ts";
import type { LimitStanding } from "../../contract/operations/limits.ts";
import { limitsOf } from "../../effects/authorize.ts";
import { findInsightsScope } from "../../effects/insights-scope.ts";
import { findStandings } from "../../effects/limit-standings.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import { readQuery } from "../../http/query.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { cacheOf, overviewOf, providersOf, routesOf, sumOf } from "../../rules/usage/analytics.ts";
import { daySpans, nextDay } from "../../rules/usage/calendar.ts";
import { type Period, readPeriod } from "../../rules/usage/period.ts";
import { readNamedProject } from "./named-project.ts";

export const askedFields = {
	projectId: z.string().min(1).optional(),
	from: z.string().optional(),
	to: z.string().optional(),
	tz: z.string().max(100).optional(),
};
const askedQuery = z.strictObject(askedFields);
const limit = z
	.string()
	.regex(/^([1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000")
	.default("100")
	.transform(Number);
const routesQuery = z.strictObject({ ...askedFields, limit });

/** What is asked about, checked: whose figures, and of what time. */
export interface Asked {
	/** `undefined`: the whole gateway. */
	readonly projectId: string | undefined;
	readonly period: Period;
}

export const analyticsHandlers = {
	async getAnalyticsOverview(call, services) {
		const asked = await readAsked(call, askedQuery, services);
		if (!asked.ok) return asked;
		const { projectId, period } = asked.value;
		const { calendar } = period;
		const { store, runtime } = services;
		const today = calendar.dayOf(runtime.now());
		const [groups, ofToday, limit] = await Promise.all([
			store.insights.sum({ projectId, edges: [period.from, period.to], by: ["outcome"] }),
			store.insights.sum({ projectId, edges: [calendar.startOf(today), calendar.startOf(nextDay(today))], by: [] }),
			findDailyLimit(projectId, services),
		]);
		return reply<AnalyticsOverview>(period, overviewOf(groups, limit ?? { used: sumOf(ofToday).requests }));
	},

	async getAnalyticsProviders(call, services) {
		const asked = await readAsked(call, askedQuery, services);
		if (!asked.ok) return asked;
		const { projectId, period } = asked.value;
		const groups = await services.store.insights.sum({ projectId, edges: [period.from, period.to], by: ["provider", "model", "outcome"] });
		return reply<AnalyticsProviders>(period, { providers: providersOf(groups) });
	},

	async getAnalyticsCache(call, services) {
		const asked = await readAsked(call, askedQuery, services);
		if (!asked.ok) return asked;
		const spans = spansOf(asked.value.period);
		if (!spans.ok) return spans;
		const { projectId, period } = asked.value;
		const { edges, days } = spans.value;
		const groups = await services.store.insights.sum({ projectId, edges, by: ["provider", "model", "outcome"] });
		return reply<AnalyticsCache>(period, { daily: cacheOf(groups, days) });
	},

	async getAnalyticsRoutes(call, services) {
		const asked = await readAsked(call, routesQuery, services);
		if (!asked.ok) return asked;
		const spans = spansOf(asked.value.period);
		if (!spans.ok) return spans;
		const { projectId, period, query } = asked.value;
		const { edges, days } = spans.value;
		const groups = await services.store.insights.sum({ projectId, edges, by: ["route", "provider", "model", "outcome"] });
		return reply<AnalyticsRoutes>(period, { routes: routesOf(groups, days, query.limit) });
	},

	async getUnknownAnalytics() {
		return { ok: false, problem: gatewayError("NOT_FOUND", { message: "Unknown analytics endpoint" }) };
	},
} satisfies Partial<Surface<"insights">["handlers"]>;

type AskedQuery = z.output<typeof askedQuery>;

/** Whose figures of what time a call asks for, if they are the caller's to see. */
export async function readAsked<Query extends AskedQuery>(
	{ request, principal }: Call<undefined>,
	schema: z.ZodType<Query>,
	{ store, runtime }: Pick<Services, "store" | "runtime">,
): Promise<Decoded<Asked & { readonly query: Query }, GatewayError>> {
	const query = readQuery(request, schema);
	if (!query.ok) return query;
	const period = readPeriod(query.value, runtime.now());
	if (!period.ok) return { ok: false, problem: validationError(period.problem, "Invalid query") };
	const named = readNamedProject(request, query.value.projectId);
	if (!named.ok) return named;
	const scope = await findInsightsScope(principal, named.value, store.tenancy);
	if (!scope.ok) return scope;
	return { ok: true, value: { projectId: scope.value, period: period.value, query: query.value } };
}

/** The limit of requests a day of which the least is left: the project's, or its organisation's. */
async function findDailyLimit(projectId: string | undefined, services: Services): Promise<LimitStanding | undefined> {
	const { tenancy } = services.store;
	const project = projectId === undefined ? undefined : await tenancy.findProject(projectId);
	if (project === undefined) return undefined;
	const standings = await findStandings(limitsOf(await tenancy.findOrganisation(project.organisationId), project), services);
	const [tightest] = standings.filter(({ unit, per }) => unit === "requests" && per === "day").sort((one, other) => one.remaining - other.remaining);
	return tightest;
}

function spansOf({ calendar, from, to }: Period): Decoded<ReturnType<typeof daySpans>, GatewayError> {
	if (to - from > longestMs) return { ok: false, problem: validationError([{ path: "from", message: "is more than 366 days before to" }], "Invalid query") };
	return { ok: true, value: daySpans(calendar, from, to) };
}
const longestMs = 367 * 86_400_000;

function reply<Body extends { readonly from: string; readonly to: string; readonly timeZone: string }>(
	{ from, to, calendar }: Period,
	body: Omit<Body, "from" | "to" | "timeZone">,
): Decoded<Reply, GatewayError> {
	const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timeZone: calendar.timeZone };
	return { ok: true, value: jsonReply({ ...period, ...body }, { "cache-control": "no-store" }) };
}
