import { describe, expect, it } from "vitest";
import type { UsageRecord } from "../../../src/contract/session.ts";
import type { Usage } from "../../../src/contract/stream-event.ts";
import { simulator } from "../../../src/index.ts";
import { createModelTable } from "../../../src/rules/models/table.ts";
import { labelled } from "../../../src/rules/routing/target.ts";
import { priceExchange } from "../../../src/rules/usage/price.ts";

const models = createModelTable({
	sim: {
		chat: { prices: { input: 1, output: 2 } },
		"free-input": { prices: { input: 0, output: 2 } },
	},
});
const price = (model: string, usage: Usage, ended: Partial<UsageRecord> = {}) =>
	priceExchange({ outcome: "ok", attempts: 1, usage, ...ended }, labelled({ providerName: "sim", provider: simulator(), credential: 1, model }), models).costMicroUsd;

describe("what an exchange cost", () => {
	it.each<[string, string, Usage, Partial<UsageRecord>, number | undefined]>([
		["both are told", "chat", { inputTokens: 10, outputTokens: 3 }, {}, 16],
		["nothing is told", "chat", {}, {}, undefined],
		["nothing is told, and it was refused", "chat", {}, { outcome: "failed", errorCode: "PROVIDER_ERROR" }, 0],
		["the output alone is told", "chat", { outputTokens: 3 }, {}, undefined],
		["the output alone is told, and what of the input came from a cache", "chat", { outputTokens: 3, cachedInputTokens: 8 }, {}, undefined],
		["the output is guessed after a hang-up", "chat", { outputTokens: 3 }, { outcome: "cancelled" }, undefined],
		["the output is told of an answer that broke off", "chat", { outputTokens: 3 }, { outcome: "failed", errorCode: "PROVIDER_ERROR" }, undefined],
		["the input is told, and the caller hung up before the output", "chat", { inputTokens: 10 }, { outcome: "cancelled" }, 10],
		["the output alone is told, and the input costs nothing", "free-input", { outputTokens: 3 }, {}, 6],
		["vectors have no output", "chat", { inputTokens: 10 }, {}, 10],
		["nobody knows the price", "unheard-of", { inputTokens: 10, outputTokens: 3 }, {}, undefined],
	])("%s", (_, model, usage, ended, expected) => {
		expect(price(model, usage, ended)).toBe(expected);
	});
});
