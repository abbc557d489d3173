import { expect, it } from "vitest";
import { cacheOf, type Group } from "../../../src/rules/usage/analytics.ts";
import { noSums } from "../../../src/rules/usage/rollup.ts";

const group = (span: number, outcome: "ok" | "cached", requests: number, costMicroUsd = 0, model = "m"): Group => ({
	...noSums, span, requests, costMicroUsd, key: { provider: "p", model, outcome },
});
const savedBy = (...groups: Group[]) => cacheOf(groups, ["2026-11-01", "2026-11-02"]).map(({ day, saved }) => [day.slice(-2), saved]);

it("counts what cached answers would have cost by the day's own mean price", () => {
	expect(savedBy(group(0, "ok", 2, 40_000), group(0, "cached", 3), group(1, "ok", 1, 50_000), group(1, "cached", 1))).toEqual([["02", 0.05], ["01", 0.06]]);
});

it("goes by the other days where one was answered from the cache alone, since answers outlive their day", () => {
	expect(savedBy(group(0, "ok", 2, 40_000), group(1, "cached", 5), group(1, "cached", 5, 0, "other"))).toEqual([["02", 0.1], ["01", 0]]);
});
