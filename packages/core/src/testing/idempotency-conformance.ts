import type { IdempotencyStore, IdempotentAttempt } from "../effects/store/idempotency-store.ts";
import type { Store } from "../effects/store/store.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with requests that carry a key. */
export function idempotencyConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (idempotency: IdempotencyStore) => Promise<void>): void {
		itOnStore(title, ({ idempotency }) => body(idempotency));
	}

	describe(`${name}: requests with a key`, () => {
		itKeeps("begin once, run, and are done", async (store) => {
			expect(await store.begin(attempt())).toEqual({ state: "begun" });
			expect(await store.begin(attempt({ owner: "req_2", fingerprint: "other" }))).toEqual({ state: "running", fingerprint: "print" });
			expect(await store.finish("key", "req_1", { answer: "{}", expiresAt: 1000 })).toBe(true);
			expect(await store.begin(attempt({ owner: "req_3" }))).toEqual({ state: "done", fingerprint: "print", answer: "{}", expiresAt: 1000 });
			expect(await store.begin(attempt({ key: "another" }))).toEqual({ state: "begun" });
		});

		itKeeps("are remembered without an answer where none may be kept", async (store) => {
			await store.begin(attempt());
			await store.finish("key", "req_1", { expiresAt: 1000 });
			expect(await store.begin(attempt({ owner: "req_2" }))).toEqual({ state: "done", fingerprint: "print", expiresAt: 1000 });
		});

		itKeeps("begin anew once they are forgotten", async (store) => {
			await store.begin(attempt());
			await store.finish("key", "req_1", { answer: "{}", expiresAt: 1000 });
			expect((await store.begin(attempt({ now: 999 }))).state).toBe("done");
			expect(await store.begin(attempt({ owner: "req_2", now: 1000, leaseUntil: 1100 }))).toEqual({ state: "begun" });
		});

		itKeeps("begin anew where they were released, and only their owner can", async (store) => {
			await store.begin(attempt());
			await store.release("key", "req_9");
			expect((await store.begin(attempt({ owner: "req_2" }))).state).toBe("running");
			await store.release("key", "req_1");
			expect((await store.begin(attempt({ owner: "req_2" }))).state).toBe("begun");
			await store.finish("key", "req_2", { answer: "{}", expiresAt: 1000 });
			await store.release("key", "req_2");
			expect((await store.begin(attempt({ owner: "req_3" }))).state).toBe("done");
		});

		itKeeps("are taken over where their lease ran out, and then no more their owner's", async (store) => {
			await store.begin(attempt({ leaseUntil: 100 }));
			expect(await store.extend("key", "req_1", 200)).toBe(true);
			expect((await store.begin(attempt({ owner: "req_2", now: 150, leaseUntil: 250 }))).state).toBe("running");
			expect((await store.begin(attempt({ owner: "req_2", now: 200, leaseUntil: 300 }))).state).toBe("begun");
			expect(await store.extend("key", "req_1", 900)).toBe(false);
			expect(await store.finish("key", "req_1", { answer: "late", expiresAt: 1000 })).toBe(false);
			await store.release("key", "req_1");
			expect(await store.finish("key", "req_2", { answer: "mine", expiresAt: 1000 })).toBe(true);
			expect(await store.finish("key", "req_2", { answer: "twice", expiresAt: 2000 })).toBe(false);
			expect(await store.begin(attempt({ owner: "req_3", now: 300 }))).toEqual({ state: "done", fingerprint: "print", answer: "mine", expiresAt: 1000 });
		});

		itKeeps("begin once, however many ask at once", async (store) => {
			const asked = await Promise.all(Array.from({ length: 50 }, (_, at) => store.begin(attempt({ owner: `req_${at}` }))));
			expect(asked.filter(({ state }) => state === "begun").length).toBe(1);
			expect(asked.filter(({ state }) => state === "running").length).toBe(49);
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`give back ${label}`, async (store) => {
				await store.begin(attempt({ key: text, fingerprint: text, owner: text }));
				expect(await store.finish(text, text, { answer: text, expiresAt: 1000 })).toBe(true);
				expect(await store.begin(attempt({ key: text }))).toEqual({ state: "done", fingerprint: text, answer: text, expiresAt: 1000 });
			});
		}
	});
}

function attempt(fields: Partial<IdempotentAttempt> = {}): IdempotentAttempt {
	return { key: "key", fingerprint: "print", owner: "req_1", now: 1, leaseUntil: 500, ...fields };
}
