import { describe, expect, it } from "vitest";
import type { Failure } from "../../../src/contract/failure.ts";
import { createExchangeLessons, type ExchangeLessons } from "../../../src/effects/learning/exchange-lessons.ts";
import type { LearningScope } from "../../../src/effects/store/learning-store.ts";
import type { Outcome } from "../../../src/rules/routing/learn/index.ts";
import { target } from "../../rules/routing/target.ts";

const a = target("a/m");
const b = target("b/m");
const overloaded: Failure = { kind: "overloaded", blame: "upstream", message: "m" };
const mistake: Failure = { kind: "bad-request", blame: "caller", message: "m" };
const leaving: Failure = { kind: "cancelled", blame: "caller", message: "m" };
const usage = { inputTokens: 10, outputTokens: 20 };

type Step = (lessons: ExchangeLessons) => void;
const failed = (at: typeof a, failure: Failure): Step => (lessons) => lessons.failed(at, failure);
const answered = (at: typeof a, latencyMs: number): Step => (lessons) => lessons.answered(at, latencyMs);
const ended = (outcome: "ok" | "failed" | "cancelled", errorCode?: string): Step => (lessons) =>
	lessons.ended({ outcome, usage, costMicroUsd: 7, ...(errorCode === undefined ? {} : { errorCode }) });

function learnt(steps: readonly Step[], explored?: string): readonly unknown[] {
	const all: { readonly scope: LearningScope; readonly outcome: Outcome; readonly at: number }[] = [];
	const lesson = { context: "s-----", expected: new Map([["a/m", { costMicroUsd: 5 }]]), ...(explored === undefined ? {} : { explored }) };
	const lessons = createExchangeLessons({ lesson, route: "r" }, "prj_1", { learn: (scope, outcome, at) => void all.push({ scope, outcome, at }) }, () => 123);
	if (lessons === undefined) throw new Error("It was planned by what was learnt");
	for (const step of steps) step(lessons);
	for (const { scope, at, outcome } of all) {
		expect({ scope, at }).toEqual({ scope: { projectId: "prj_1", route: "r" }, at: 123 });
		expect(outcome).toMatchObject({ kind: "choice", context: "s-----" });
	}
	return all.map(({ outcome: { kind: _, context: __, ...rest } }) => JSON.parse(JSON.stringify(rest)));
}

const ok = { target: "a/m", ok: true, latencyMs: 300, costMicroUsd: 7, tokensOut: 20, expected: { costMicroUsd: 5 }, exploratory: false };
const bad = { target: "a/m", ok: false, expected: { costMicroUsd: 5 }, exploratory: false };

describe("what is learnt from an exchange", () => {
	it.each<[string, Step[], unknown[]]>([
		["an answer", [answered(a, 300), ended("ok")], [ok]],
		["a failure, then the answer of another target", [failed(a, overloaded), answered(b, 300), ended("ok")], [bad, { ...ok, target: "b/m", expected: {} }]],
		["nothing of what the caller did wrong", [failed(a, mistake), ended("failed", "INVALID_REQUEST")], []],
		["an answer that breaks off", [answered(a, 300), failed(a, overloaded), ended("failed", "STREAM_ERROR")], [bad]],
		["an answer that is no use", [answered(a, 300), ended("failed", "PARSE_ERROR")], [bad]],
		["nothing of our own mistakes", [answered(a, 300), ended("failed", "INTERNAL_ERROR")], []],
		["of a hang-up in the midst of an answer, how soon it came", [answered(a, 300), ended("cancelled", "CANCELLED")], [{ target: "a/m", ok: true, latencyMs: 300, expected: { costMicroUsd: 5 }, exploratory: false }]],
		["the same where the attempt was broken off by it", [answered(a, 300), failed(a, leaving), ended("cancelled", "CANCELLED")], [{ target: "a/m", ok: true, latencyMs: 300, expected: { costMicroUsd: 5 }, exploratory: false }]],
		["nothing of a hang-up before", [ended("cancelled", "CANCELLED")], []],
		["of a repaired answer, how soon the first one came", [answered(a, 300), answered(a, 900), ended("ok")], [ok]],
	])("%s", (_, steps, outcomes) => expect(learnt(steps)).toEqual(outcomes));

	it("counts an exploration once, and only of the target that was explored", () => {
		const steps = [failed(a, overloaded), failed(a, overloaded), answered(b, 10), ended("ok")];
		expect(learnt(steps, "a/m").map((outcome) => (outcome as { exploratory: boolean }).exploratory)).toEqual([true, false, false]);
	});

	it("is nothing where the plan was made otherwise", () => {
		expect(createExchangeLessons({ route: "r" }, undefined, { learn: () => expect.unreachable() }, () => 0)).toBeUndefined();
	});
});
