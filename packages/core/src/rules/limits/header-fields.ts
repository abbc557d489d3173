import { isNearlySpent } from "./decision.ts";
import type { Policy, Rule, Standing } from "./policy.ts";

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), as structured fields. The draft registers units for
 * requests alone: `tokens` and `micro-usd` are of our own, since without a unit they would be read as requests.
 */
export function limitHeaders(standings: readonly Standing[]): Readonly<Record<string, string>> {
	if (standings.length === 0) return {};
	const nearlySpent = standings.filter(isNearlySpent);
	return {
		"ratelimit-policy": standings.map(({ policy }) => policyItem(policy)).join(", "),
		ratelimit: standings.map(limitItem).join(", "),
		...(nearlySpent.length === 0 ? {} : { "x-postern-budget-warning": nearlySpent.map(warningItem).join(", ") }),
	};
}

/** The same where a policy refused a request: `RateLimit` tells of that one alone, so that no other window lasts beyond Retry-After. */
export function refusalHeaders(standings: readonly Standing[], violated: Policy, retryAfterMs: number | undefined): Readonly<Record<string, string>> {
	const { ratelimit: _, ...others } = limitHeaders(standings);
	const standing = standings.find(({ policy }) => policy === violated);
	if (standing === undefined) return others;
	const resetMs = Math.min(standing.resetMs ?? Number.POSITIVE_INFINITY, retryAfterMs ?? Number.POSITIVE_INFINITY);
	const { resetMs: _own, ...rest } = standing;
	return { ...others, ratelimit: limitItem(Number.isFinite(resetMs) ? { ...rest, resetMs } : rest) };
}

function policyItem({ name, quota, rule }: Policy): string {
	const unit = unitOf(rule);
	const windowSeconds = windowOf(rule);
	return `"${name}";q=${integer(quota)}${windowSeconds === undefined ? "" : `;w=${windowSeconds}`}${unit === undefined ? "" : `;qu="${unit}"`}`;
}

function limitItem({ policy, remaining, resetMs }: Standing): string {
	return `"${policy.name}";r=${integer(remaining)}${resetMs === undefined ? "" : `;t=${integer(Math.ceil(resetMs / 1000))}`}`;
}

function warningItem({ policy, spentShare = 0 }: Standing): string {
	return `"${policy.name}";spent=${integer(spentShare * 100)}`;
}

function unitOf(rule: Rule): string | undefined {
	if (rule.type === "concurrent-requests") return rule.type;
	if (rule.measure === "requests") return undefined;
	return rule.measure === "tokens" ? "tokens" : "micro-usd";
}

/** In seconds; a month's as 30 days, since the policy is to stay the same. */
function windowOf(rule: Rule): number | undefined {
	if (rule.type === "concurrent-requests") return undefined;
	if (rule.type === "minute") return 60;
	return rule.period === "day" ? 86_400 : 2_592_000;
}

/** RFC 9651 3.3.1: at most 15 digits. */
function integer(value: number): number {
	return Math.min(Math.max(Math.floor(value), 0), 999_999_999_999_999);
}
