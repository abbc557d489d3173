import { type GatewayError, gatewayError } from "../../contract/errors.ts";
import type { Denial } from "./decision.ts";
import type { Policy, Violation } from "./policy.ts";

/** What a caller is told who met a limit: 402 where money or tokens are spent, 429 for all else. */
export function refusalOf({ violation }: Denial): GatewayError {
	const { policy, retryAfterMs } = violation;
	return gatewayError(isSpending(policy) ? "BUDGET_EXCEEDED" : "RATE_LIMIT_EXCEEDED", {
		message: messageOf(violation),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});
}

function messageOf({ policy, need, retryAfterMs }: Violation): string {
	const whose = policy.party.kind === "host" ? "Your" : `This ${policy.party.kind}'s`;
	const limit = `${whose} limit of ${limitText(policy)}`;
	if (isSpending(policy)) {
		if (retryAfterMs === undefined) return `${whose} budget of ${limitText(policy)} is smaller than the ${amountText(need, policy)} that this request may use; ask for a shorter answer`;
		return `${whose} budget of ${limitText(policy)} does not cover this request, which may use ${amountText(need, policy)}`;
	}
	if (retryAfterMs === undefined) return `${limit} lets no request of about ${amountText(need, policy)} through`;
	return `${limit} is reached`;
}

function isSpending({ rule }: Policy): boolean {
	return rule.type === "budget" && rule.measure !== "requests";
}

function limitText(policy: Policy): string {
	const { rule, quota } = policy;
	if (rule.type === "concurrent-requests") return `${amountText(quota, policy)} at once`;
	return `${amountText(quota, policy)} a ${rule.type === "minute" ? "minute" : rule.period}`;
}

function amountText(amount: number, { rule }: Policy): string {
	if (rule.type === "concurrent-requests" || rule.measure === "requests") return `${amount} request${amount === 1 ? "" : "s"}`;
	return rule.measure === "tokens" ? `${amount} tokens` : dollars(amount);
}

/** Two decimals, or as many as it takes to show something. */
function dollars(microUsd: number): string {
	const text = (microUsd / 1e6).toFixed(6);
	return `$${text.replace(/0{1,4}$/, "")}`;
}
