import type { ErrorCode, UsageRecord } from "@postern/core";
import { clients } from "../matrix/clients.ts";
import type { Caller, Seen } from "./caller.ts";
import type { Deed } from "./deeds.ts";
import { endingOf, messageOf, wordFor } from "./endings.ts";
import { attemptsInAll } from "./world.ts";

/** What came of a call, for the tally. */
export type Fate = "answered" | "refused" | "broken off" | "turned away" | "hung up";

/** What is known of one call when all is over. */
export interface Case {
	readonly caller: Caller;
	readonly seen: Seen;
	readonly deeds: readonly Deed[];
	readonly records: readonly UsageRecord[];
	readonly secret: string;
}

/** @returns what came of it, and everything that should not be so. */
export function judge(call: Case): { readonly fate: Fate; readonly faults: readonly string[] } {
	const faults: string[] = [];
	const { seen, deeds, records, secret } = call;
	if (seen.body.includes(secret) || JSON.stringify(seen.headers).includes(secret)) faults.push("the provider's key was told");
	if (deeds.length > attemptsInAll) faults.push(`${deeds.length} attempts`);
	if (records.length > 1) faults.push(`${records.length} records`);
	if (seen.end === "broken") faults.push("the connection ended before the answer");
	const fate = fateOf(call, faults);
	const [record] = records;
	if (record !== undefined && fate !== "hung up" && record.attempts !== deeds.length) faults.push(`${record.attempts} attempts recorded, ${deeds.length} made`);
	return { fate, faults };
}

function fateOf(call: Case, faults: string[]): Fate {
	const { caller, seen, deeds, records } = call;
	const [record] = records;
	if (seen.end === "hung-up") {
		// Who never got as far as a provider may have left before anything was begun.
		if (record === undefined && deeds.length > 0) faults.push("hung up, and not recorded");
		if (record?.outcome === "cancelled" && record.status !== 499) faults.push(`hung up, and recorded with ${record.status}`);
		if (record?.outcome === "ok" && deeds.at(-1)?.isWell !== true) faults.push(`hung up before ${deeds.at(-1)?.model}, and recorded as answered`);
		if (seen.status === 200 && caller.isStreamed) checkText(call, beginning(call), "starts with", faults);
		return "hung up";
	}
	if (seen.status !== 200) {
		const code = seen.headers["x-postern-error"];
		const message = messageOf(caller.kind, seen.body);
		if (typeof code !== "string" || typeof message !== "string" || message === "") faults.push(`status ${seen.status} without an error of the caller's dialect: ${seen.body}`);
		if (deeds.length === 0 && (code === "CONCURRENCY_LIMIT_ERROR" || code === "PROVIDER_OVERLOADED")) {
			if (!(Number(seen.headers["retry-after"]) >= 0)) faults.push("turned away without a word of when to come again");
			if (record !== undefined && record.attempts > 0) faults.push("turned away, and recorded as asked");
			return "turned away";
		}
		expectRecord(record, { outcome: "failed", status: seen.status ?? 0, errorCode: code }, faults);
		return "refused";
	}
	if (!caller.isStreamed) {
		checkText(call, wordsOf(clients[caller.kind].readWhole(JSON.parse(seen.body))), "is", faults);
		expectRecord(record, { outcome: "ok", status: 200, errorCode: undefined }, faults);
		return "answered";
	}
	const ending = endingOf(caller.kind, seen.body);
	const text = wordsOf(clients[caller.kind].readStream(seen.body).answer);
	if (ending.type === "complete") {
		checkText(call, text, "is", faults);
		expectRecord(record, { outcome: "ok", status: 200, errorCode: undefined }, faults);
		return "answered";
	}
	if (ending.type === "none") faults.push(`cut off without a word: ${JSON.stringify(seen.body.slice(-300))}`);
	checkText(call, text, "starts with", faults);
	if (record?.outcome !== "failed") faults.push(`broken off, but recorded as ${record?.outcome}`);
	else if (ending.type === "error" && ending.word !== wordFor(caller.kind, record.errorCode as ErrorCode)) {
		faults.push(`told ${String(ending.word)}, recorded ${record.errorCode}`);
	}
	return "broken off";
}

/** What came must be what the provider of the last attempt said: all of it, or its beginning where it ended with an error. */
function checkText({ caller, deeds }: Case, text: string, relation: "is" | "starts with", faults: string[]): void {
	const deed = deeds.at(-1);
	const said = deed?.says(caller.prompt) ?? "";
	const agrees = relation === "is" ? deed?.isWell === true && text === said : said.startsWith(text);
	if (!agrees) faults.push(`${deed?.model ?? "nobody"} said ${JSON.stringify(said)}, the caller read ${JSON.stringify(text)}`);
}

/** Whole events only: whoever hangs up may do so in the middle of one. */
function beginning({ caller, seen }: Case): string {
	const text = /^(.*\n\n)?/s.exec(seen.body)?.[0] ?? "";
	return wordsOf(clients[caller.kind].readStream(text).answer);
}

function wordsOf({ content }: ReturnType<(typeof clients)["text"]["readWhole"]>): string {
	return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function expectRecord(record: UsageRecord | undefined, expected: { outcome: string; status: number; errorCode: unknown }, faults: string[]): void {
	const told = record === undefined ? "nothing" : JSON.stringify({ outcome: record.outcome, status: record.status, errorCode: record.errorCode });
	if (told !== JSON.stringify(expected)) faults.push(`the ledger says ${told}, the caller saw ${JSON.stringify(expected)}`);
	if (expected.outcome === "ok" && !((record?.usage.outputTokens ?? 0) > 0)) faults.push("answered without usage");
}
