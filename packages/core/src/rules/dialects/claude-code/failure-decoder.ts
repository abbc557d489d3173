import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import { failureOfKind, kindOfStatus } from "../failure.ts";
import { asArray, asCount, asObject, asText, parseJson } from "../json-fields.ts";

/** Claude Code says in words for people what went wrong. The first that fits counts; the API's status is the next best thing. */
const words: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	[/credit balance is too low/i, "quota"],
	[/usage limit|(?:session|weekly|daily|5-hour|opus|sonnet) limit|(?:hit|reached) your (?:\w+ )?limit|spend(?:ing)? limit/i, "quota"],
	[/prompt is too long|too many (?:input )?tokens|context (?:window|limit|length)/i, "context-length"],
	[/usage policy|unable to respond to this request/i, "content-filter"],
	[/issue with the selected model|model\b.{0,80}\b(?:not found|not available|does not exist|may not exist)/i, "model-not-found"],
	[/invalid api key|not logged in|run \/login|oauth token|authentication_error|failed to authenticate|login has expired/i, "authentication"],
	[/overloaded/i, "overloaded"],
	[/rate limit/i, "rate-limited"],
	[/request timed out/i, "timeout"],
	[/connection (?:error|to the api was lost|refused|reset)|ECONN|ENOTFOUND|EAI_AGAIN|fetch failed|unable to connect/i, "network"],
];

/** The operator's bounds of one run, and the model's: another try would meet them again. */
const bounds: readonly (readonly [pattern: RegExp, message: string])[] = [
	[/^error_max_turns$/, "Claude Code used up the turns that it may take for one answer"],
	[/^error_max_budget_usd$/, "Claude Code used up the money that it may spend on one answer"],
	[/output token maximum/i, "The answer is longer than the model's output limit"],
];

/** `undefined` for a result that is an answer. */
export function failureOfResult(result: JsonObject): Failure | undefined {
	const subtype = asText(result["subtype"]);
	const isRefusal = result["stop_reason"] === "refusal";
	if (subtype === "success" && result["is_error"] !== true && !isRefusal) return undefined;
	if (isRefusal) return failureOfKind("content-filter");
	const text = asText(result["result"]) ?? (asArray(result["errors"]) ?? []).map((error) => asText(error) ?? "").join("; ");
	const bound = bounds.find(([pattern]) => pattern.test(subtype ?? "") || pattern.test(text));
	if (bound !== undefined) return { kind: "bad-request", blame: "gateway", message: bound[1], ...(subtype === undefined ? {} : { code: subtype }) };
	return failureOfText(text, asCount(result["api_error_status"]) ?? statusIn(text));
}

function failureOfText(text: string, status: number | undefined): Failure {
	const kind = words.find(([pattern]) => pattern.test(text))?.[1] ?? (status === undefined ? "upstream" : kindOfStatus(status));
	const context = status === undefined ? {} : { status };
	// Only what is wrong with the request itself is the caller's to read; the rest tells of the operator's machine.
	return kind === "bad-request" ? failureOfKind(kind, context, { message: text.replace(/^API Error:?\s*(?:\d{3}\s*)?/i, "") }) : failureOfKind(kind, context);
}

/** Older versions told the status in their words alone. */
function statusIn(text: string): number | undefined {
	const status = /API Error:?\s*(\d{3})\b|\((\d{3})\)/.exec(text);
	return status === null ? undefined : Number(status[1] ?? status[2]);
}

/** A process that gave no answer. `body` is a report of `send`. */
export function decodeFailure(_status: number, _headers: Readonly<Record<string, string>>, body: string): Failure {
	return failureOfReport(asObject(parseJson(body)) ?? {});
}

export function failureOfReport(report: JsonObject): Failure {
	switch (report["reason"]) {
		case "busy":
			return { ...failureOfKind("overloaded"), message: "As many processes of Claude Code run as the gateway allows" };
		case "time":
			return { kind: "timeout", blame: "upstream", message: "Claude Code did not finish its answer in time" };
		case "start":
			return setupFailure(startMessages[asText(report["code"]) ?? ""] ?? "Claude Code could not be started", asText(report["code"]));
		default:
			return failureOfExit(asText(report["stderr"]) ?? "");
	}
}

const startMessages: Readonly<Record<string, string>> = {
	ENOENT: "Claude Code is not installed where the gateway looks for it: install it, or name its executable",
	EACCES: "The gateway may not start Claude Code: make its executable executable for the gateway's user",
	E2BIG: "The arguments for Claude Code are larger than the system allows",
};

function failureOfExit(stderr: string): Failure {
	if (/unknown option|unknown argument|argument .* is invalid/i.test(stderr)) {
		return setupFailure("Claude Code does not know what it was started with: update it, and check the arguments that were added", "unknown_option");
	}
	if (/input must be provided/i.test(stderr)) return failureOfKind("bad-request", {}, { message: "The prompt is empty" });
	if (/stdin.{0,40}(?:exceeds|too large)|(?:exceeds|larger than).{0,40}stdin/i.test(stderr)) return failureOfKind("context-length");
	const failure = failureOfText(stderr, statusIn(stderr));
	return failure.kind === "upstream" || failure.kind === "bad-request" ? { ...failureOfKind("upstream"), message: "Claude Code ended without an answer" } : failure;
}

/** The operator has to mend it: no use in trying again, but another target may do. */
function setupFailure(message: string, code: string | undefined): Failure {
	return { kind: "permission", blame: "gateway", message, ...(code === undefined ? {} : { code }) };
}
