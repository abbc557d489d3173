import { describe, expect, it } from "vitest";
import { groupCommit } from "../../../src/effects/store/group-commit.ts";

/** A group commit whose turns end and whose commits finish when the test says so. */
function controlled() {
	const turns: (() => void)[] = [];
	const commits: { readonly items: readonly string[]; readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
	const group = groupCommit<string>(
		(items) => new Promise((resolve, reject) => void commits.push({ items, finish: resolve, fail: reject })),
		(callback) => void turns.push(callback),
	);
	const settle = () => new Promise((resolve) => setImmediate(resolve));
	return { turns, commits, group, settle };
}

describe("group commit", () => {
	it("commits what one turn added together, and resolves no sooner", async () => {
		const { turns, commits, group, settle } = controlled();
		let resolved = 0;
		for (const item of ["a", "b", "c"]) void group.add(item).then(() => (resolved += 1));
		await settle();
		expect(commits).toEqual([]);
		turns.shift()?.();
		await settle();
		expect(commits.map(({ items }) => items)).toEqual([["a", "b", "c"]]);
		expect(resolved).toBe(0);
		commits[0]?.finish();
		await settle();
		expect(resolved).toBe(3);
	});

	it("gathers the next group while one is being committed, and never commits two at once", async () => {
		const { turns, commits, group, settle } = controlled();
		void group.add("a");
		turns.shift()?.();
		await settle();
		void group.add("b");
		turns.shift()?.();
		await settle();
		void group.add("c");
		await settle();
		expect(commits).toHaveLength(1);
		commits[0]?.finish();
		await settle();
		expect(commits.map(({ items }) => items)).toEqual([["a"], ["b", "c"]]);
	});

	it("rejects the whole group that failed, and no other", async () => {
		const { turns, commits, group, settle } = controlled();
		const failed = Promise.allSettled([group.add("a"), group.add("b")]);
		turns.shift()?.();
		await settle();
		const later = group.add("c");
		turns.shift()?.();
		commits[0]?.fail(new Error("disk full"));
		await settle();
		commits[1]?.finish();
		expect((await failed).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
		await later;
	});

	it("is idle once all groups are done, failed ones too", async () => {
		const { turns, commits, group, settle } = controlled();
		await group.idle();
		group.add("a").catch(() => {});
		turns.shift()?.();
		await settle();
		void group.add("b");
		turns.shift()?.();
		let idle = false;
		const waiting = group.idle().then(() => (idle = true));
		commits[0]?.fail(new Error("disk full"));
		await settle();
		expect(idle).toBe(false);
		commits[1]?.finish();
		await waiting;
		expect(commits).toHaveLength(2);
	});
});
