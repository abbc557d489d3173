import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitedParty } from "../../../src/contract/tenancy.ts";
import type { Reservation } from "../../../src/effects/store/limit-store.ts";
import { memoryStore } from "../../../src/effects/store/memory-store.ts";
import type { Store } from "../../../src/effects/store/store.ts";
import { createGateway, type Gateway, type Principal, simulator } from "../../../src/index.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { ask } from "../../gateway/support.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const noon = Date.UTC(2026, 9, 20, 12);
const parties: readonly LimitedParty[] = [
	{ kind: "organisation", id: "o", rules: { requestsPerMinute: 6, budgets: [{ period: "day", microUsd: 90 }] } },
	{ kind: "project", id: "p", rules: { concurrentRequests: 3, tokensPerMinute: 70 } },
	{ kind: "key", id: "k", rules: { budgets: [{ period: "month", tokens: 60 }] } },
];

function reservation(id: string, fields: Partial<Reservation> = {}): Reservation {
	return { id, parties, asks: [{ expectedTokens: 10, tokens: 10, microUsd: 10 }], now: noon, expiresAt: noon + 60_000, ...fields };
}

describe("limits in SQLite", () => {
	const step = fc.record({
		do: fc.constantFrom("reserve", "reserve", "settle", "renew"),
		parties: fc.subarray([...parties], { minLength: 1 }),
		amount: fc.integer({ min: 0, max: 30 }),
		which: fc.nat(5),
		pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000 }), fc.constant(40_000_000)),
	});

	it("decide as in memory, whatever happens in whatever order", async () => {
		const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
			const stores = [memoryStore(), sqliteStore(":memory:")];
			const both = async <Result>(verb: (store: Store) => Promise<Result>): Promise<void> => {
				const [one, other] = await Promise.all(stores.map(verb));
				expect(other).toEqual(one);
			};
			let now = noon;
			for (const [at, { do: deed, parties, amount, which, pause }] of steps.entries()) {
				now += pause;
				const time = now;
				const asks = [{ expectedTokens: amount, tokens: amount, microUsd: amount }, { expectedTokens: 1, tokens: 1, microUsd: 1 }] as const;
				if (deed === "reserve") await both(({ limits }) => limits.reserve({ id: `req_${at}`, parties, asks, now: time, expiresAt: time + 60_000 }));
				else if (deed === "settle") await both(({ limits }) => limits.settle(`req_${at - which}`, { tokens: amount, microUsd: amount }, time));
				else await both(({ limits }) => limits.renew([`req_${at - which}`], { now: time, expiresAt: time + 60_000 }));
			}
			for (const party of parties) {
				await both(async ({ limits }) => {
					const counters = await limits.find(party, now);
					// Where nobody was seen but in a refusal, one of them has a row and the other none.
					return counters?.running === 0 && counters.minute.length === 0 && counters.month.tokens.spent === 0 ? undefined : counters;
				});
			}
			await Promise.all(stores.map((store) => store.close()));
		});
		await fc.assert(property, { numRuns: 40 });
	});

	it("let no more through than fits when 200 come at once for the last unit of any rule, at two instances of one file", async () => {
		const property = fc.asyncProperty(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...["concurrency", "requests", "tokens", "day-usd"] as const), async (places, rule) => {
			const path = folder.file(`race-${Math.random()}.db`);
			const rules = {
				concurrency: { concurrentRequests: places },
				requests: { requestsPerMinute: places },
				tokens: { tokensPerMinute: places * 10 + 9 },
				"day-usd": { budgets: [{ period: "day", microUsd: places * 10 + 9 }] as const },
			}[rule];
			const party: LimitedParty = { kind: "project", id: "p", rules };
			const stores = [sqliteStore(path), sqliteStore(path)];
			const asked = Array.from({ length: 200 }, (_, at) => stores[at % 2]?.limits.reserve(reservation(`req_${at}`, { parties: [party] })));
			const answers = await Promise.all(asked);
			expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(places);
			await Promise.all(stores.map((store) => store.close()));
		});
		await fc.assert(property, { numRuns: 8 });
	});

	it("settle what ends while the store closes", async () => {
		const path = folder.file("closing.db");
		const store = sqliteStore(path);
		await store.limits.reserve(reservation("req_1"));
		const settled = store.limits.settle("req_1", { tokens: 3, microUsd: 3 }, noon);
		await store.close();
		await settled;
		await expect(store.limits.reserve(reservation("req_2"))).rejects.toThrow(/closed/);
		const again = sqliteStore(path);
		expect(await again.limits.find({ kind: "project", id: "p" }, noon)).toMatchObject({ running: 0, day: { microUsd: { spent: 3, held: 0 } } });
		await again.close();
	});
});

describe("two gateways on one SQLite file", () => {
	const prices = { input: 1, output: 1 };

	function gateway(path: string, rules: LimitedParty["rules"]): Gateway {
		const identify = (): Principal => ({ kind: "key", id: "key_1", limits: [{ kind: "key", id: "key_1", rules }] });
		return createGateway({ providers: { sim: simulator() }, models: { sim: { echo: { prices }, "slow-1": { prices } } }, identify, store: sqliteStore(path) });
	}

	it("hold one line for a key, and one budget", async () => {
		const path = folder.file("two.db");
		const rules = { requestsPerMinute: 7, budgets: [{ period: "day", microUsd: 100_000 }] } as const;
		const gateways = [gateway(path, rules), gateway(path, rules)];
		const asked = Array.from({ length: 20 }, (_, at) => ask(gateways[at % 2] ?? gateway(path, rules), "/v1/prompt", { body: { prompt: "hello", maxTokens: 100 } }));
		const answers = await Promise.all(asked);
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
		expect(answers.filter(({ status }) => status === 429)).toHaveLength(13);
		const spent = answers.reduce((sum, { json }) => sum + Number(json.tokensIn ?? 0) + Number(json.tokensOut ?? 0), 0);
		const store = sqliteStore(path);
		expect(await store.limits.find({ kind: "key", id: "key_1" }, Date.now())).toMatchObject({ running: 0, day: { microUsd: { spent, held: 0 } } });
		await Promise.all([store.close(), ...gateways.map((one) => one.close())]);
	});
});
