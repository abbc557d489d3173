import { describe, expect, it } from "vitest";
import { createLimiter } from "../../src/effects/limits.ts";
import { memoryStore } from "../../src/effects/store/memory-store.ts";
import { createModelTable } from "../../src/rules/models/table.ts";
import type { Plan } from "../../src/rules/routing/order.ts";
import { simulator } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { LimitedParty } from "../../src/contract/tenancy.ts";

const party: LimitedParty = { kind: "key", id: "key_1", rules: { concurrentRequests: 1 } };
const target = { providerName: "sim", provider: simulator(), model: "echo", credential: 1, label: "sim/echo" };
const plan = { requested: "sim/echo", targets: [target] } as unknown as Plan;
const size = { promptTokens: 10, mostPromptTokens: 10, maxOutputTokens: 10, rounds: 1 };

function limiter(store = memoryStore()) {
	const runtime = fakeRuntime();
	const limits = createLimiter({ runtime, store, models: createModelTable() });
	const admit = async (requestId: string) => {
		const admitted = await limits.admit({ requestId, parties: [party], plan, size });
		return admitted.ok ? admitted.value.lease : undefined;
	};
	const running = async () => (await store.limits.find(party, runtime.now()))?.running;
	return { runtime, limits, admit, running, store };
}

describe("leases", () => {
	it("are renewed as long as their request runs, and no longer", async () => {
		const { runtime, admit, running } = limiter();
		const lease = await admit("req_1");
		for (let minute = 0; minute < 10; minute++) {
			await runtime.advance(60_000);
			expect(await running()).toBe(1);
		}
		await lease?.settle({ outcome: "ok", attempts: 1, usage: { inputTokens: 1, outputTokens: 1 }, target });
		expect(await running()).toBe(0);
		await runtime.advance(60_000);
		expect(runtime.pending()).toBe(0);
	});

	it("run out where an exchange ended and was never settled", async () => {
		const { runtime, admit, running } = limiter();
		const lease = await admit("req_1");
		lease?.letGo();
		await runtime.advance(59_000);
		expect(await running()).toBe(1);
		await runtime.advance(2000);
		expect(await running()).toBe(0);
		expect(await admit("req_2")).toBeDefined();
	});

	it("are renewed at the next turn where the store failed once, and the operator hears of it", async () => {
		const store = memoryStore();
		let failures = 1;
		const limits: typeof store.limits = { ...store.limits, renew: (ids, lease) => (failures-- > 0 ? Promise.reject(new Error("disk full")) : store.limits.renew(ids, lease)) };
		const { runtime, admit, running } = limiter({ ...store, limits });
		await admit("req_1");
		await runtime.advance(300_000);
		expect(await running()).toBe(1);
		expect(runtime.observed).toMatchObject([{ type: "warning", message: "The leases of 1 running requests were not renewed: disk full" }]);
	});

	it("of short requests are never renewed", async () => {
		const store = memoryStore();
		let renewals = 0;
		const limits: typeof store.limits = { ...store.limits, renew: async () => void renewals++ };
		const { runtime, admit } = limiter({ ...store, limits });
		for (let request = 0; request < 50; request++) {
			const lease = await admit(`req_${request}`);
			await runtime.advance(1000);
			await lease?.settle({ outcome: "ok", attempts: 1, usage: {}, target });
		}
		expect(renewals).toBe(0);
	});
});

describe("headers", () => {
	it("are given out once, of a refusal too", async () => {
		const { limits, admit } = limiter();
		await admit("req_1");
		await admit("req_2");
		expect(limits.takeHeaders("req_1")).toEqual({ "ratelimit-policy": '"key-concurrency";q=1;qu="concurrent-requests"', ratelimit: '"key-concurrency";r=0' });
		expect(limits.takeHeaders("req_1")).toBe(undefined);
		expect(limits.takeHeaders("req_2")).toMatchObject({ ratelimit: '"key-concurrency";r=0;t=2' });
		expect(limits.takeHeaders("req_3")).toBe(undefined);
	});
});
