import type { User, UserSession } from "../contract/account.ts";
import type { AttemptCounter } from "../rules/auth/attempts.ts";
import type { AccountStore, NewUser } from "../effects/store/account-store.ts";
import type { Store } from "../effects/store/store.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with people, their sessions and what was tried in vain. */
export function accountConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (accounts: AccountStore) => Promise<void>): void {
		itOnStore(title, ({ accounts }) => body(accounts));
	}

	describe(`${name}: people`, () => {
		itKeeps("knows nobody at first", async (accounts) => {
			expect(await accounts.findUser("usr_1")).toBe(undefined);
			expect(await accounts.findUserByEmail("ada@example.com")).toBe(undefined);
			expect(await accounts.findUserByIdentity({ provider: "google", subject: "1" })).toBe(undefined);
			expect(await accounts.findUsers(["usr_1"])).toEqual([]);
			expect(await accounts.findPasswordHash("usr_1")).toBe(undefined);
			expect(await accounts.findSession("sid_1")).toBe(undefined);
		});

		itKeeps("finds a person by id and address, with every field and with the fewest", async (accounts) => {
			const ada: User = { ...user("usr_1", "ada@example.com"), shownEmail: "Ada@Example.com", emailVerifiedAt: 7 };
			const bob = user("usr_2", "bob@example.com");
			expect(await accounts.createUser({ ...ada, passwordHash: "hash" })).toBe("created");
			expect(await accounts.createUser(bob)).toBe("created");
			expect(await accounts.findUser("usr_1")).toEqual(ada);
			expect(await accounts.findUserByEmail("bob@example.com")).toEqual(bob);
			expect(await accounts.findUserByEmail("Ada@Example.com")).toBe(undefined);
			expect((await accounts.findUsers(["usr_2", "usr_9", "usr_1", "usr_2"])).map(({ id }) => id).toSorted()).toEqual(["usr_1", "usr_2"]);
			expect(await accounts.findUsers([])).toEqual([]);
			expect(await accounts.findPasswordHash("usr_1")).toBe("hash");
			expect(await accounts.findPasswordHash("usr_2")).toBe(undefined);
		});

		itKeeps("gives an address to one person, however many ask at once", async (accounts) => {
			const asked = Array.from({ length: 10 }, (_, at) => accounts.createUser({ ...user(`usr_${at}`, "ada@example.com"), passwordHash: `hash_${at}` }));
			const answers = await Promise.all(asked);
			expect(answers.filter((answer) => answer === "created").length).toBe(1);
			const winner = `usr_${answers.indexOf("created")}`;
			expect((await accounts.findUserByEmail("ada@example.com"))?.id).toBe(winner);
			expect((await accounts.findUsers(answers.map((_, at) => `usr_${at}`))).map(({ id }) => id)).toEqual([winner]);
		});

		itKeeps("creates a person with an identity, or neither", async (accounts) => {
			const identity = { provider: "google", subject: "1" };
			expect(await accounts.createUser({ ...user("usr_1", "ada@example.com"), identity })).toBe("created");
			expect(await accounts.createUser({ ...user("usr_2", "bob@example.com"), identity })).toBe("taken");
			expect(await accounts.findUserByEmail("bob@example.com")).toBe(undefined);
			expect((await accounts.findUserByIdentity(identity))?.id).toBe("usr_1");
			expect(await accounts.createUser(user("usr_2", "bob@example.com"))).toBe("created");
		});

		itKeeps("takes an identity away, but not the last way in", async (accounts) => {
			const [google, github] = [{ provider: "google", subject: "1" }, { provider: "github", subject: "1" }];
			const usable = ["google", "github"];
			await accounts.createUser({ ...user("usr_1", "ada@example.com"), identity: google });
			await accounts.createUser(user("usr_2", "bob@example.com"));
			expect(await accounts.listIdentities("usr_1")).toEqual([{ ...google, addedAt: user("usr_1", "").createdAt }]);
			expect(await accounts.removeIdentity("usr_2", google, usable, 9)).toBe("unknown");
			expect(await accounts.removeIdentity("usr_1", github, usable, 9)).toBe("unknown");
			expect(await accounts.removeIdentity("usr_1", google, usable, 9)).toBe("last-way");
			await accounts.addIdentity("usr_1", github, 9);
			expect(await accounts.removeIdentity("usr_1", google, ["google"], 9)).toBe("last-way");
			expect((await Promise.all([google, github].map((each) => accounts.removeIdentity("usr_1", each, usable, 9)))).toSorted()).toEqual(["last-way", "removed"]);
			expect((await accounts.listIdentities("usr_1")).length).toBe(1);
			await accounts.addIdentity("usr_1", google, 9);
			await accounts.addIdentity("usr_1", github, 9);
			expect(await accounts.changePassword("usr_1", { from: undefined, to: "hash", at: 9 })).toBe(true);
			for (const each of [google, github]) expect(await accounts.removeIdentity("usr_1", each, [], 9)).toBe("removed");
			expect(await accounts.findUserByIdentity(google)).toBe(undefined);
			expect(await accounts.listIdentities("usr_1")).toEqual([]);
			expect(await accounts.findFormerOwner(google)).toBe("usr_1");
			// It can be anybody's again.
			expect(await accounts.addIdentity("usr_2", google, 12)).toBe("added");
			expect(await accounts.findFormerOwner(google)).toBe(undefined);
			expect(await accounts.listIdentities("usr_2")).toEqual([{ ...google, addedAt: 12 }]);
		});

		itKeeps("gives an identity to one person", async (accounts) => {
			await create(accounts, "usr_1", "usr_2");
			const identity = { provider: "google", subject: "1" };
			expect(await accounts.addIdentity("usr_1", identity, 5)).toBe("added");
			expect(await accounts.addIdentity("usr_1", identity, 6)).toBe("added");
			expect(await accounts.addIdentity("usr_2", identity, 7)).toBe("taken");
			expect(await accounts.addIdentity("usr_2", { provider: "github", subject: "1" }, 8)).toBe("added");
			expect(await accounts.listIdentities("usr_1")).toEqual([{ ...identity, addedAt: 5 }]);
			expect((await accounts.findUserByIdentity(identity))?.id).toBe("usr_1");
			await expect(accounts.addIdentity("usr_9", { provider: "github", subject: "9" }, 9)).rejects.toThrow(/./);
		});

		itKeeps("keeps when an address was first vouched for", async (accounts) => {
			await create(accounts, "usr_1");
			await accounts.verifyEmail("usr_1", 5);
			await accounts.verifyEmail("usr_1", 6);
			await accounts.verifyEmail("usr_9", 6);
			expect((await accounts.findUser("usr_1"))?.emailVerifiedAt).toBe(5);
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`gives back ${label} in every field`, async (accounts) => {
				const person = { id: text, email: text, shownEmail: text, name: text, createdAt: 1 };
				expect(await accounts.createUser({ ...person, passwordHash: text, identity: { provider: text, subject: text } })).toBe("created");
				for (const found of [accounts.findUser(text), accounts.findUserByEmail(text), accounts.findUserByIdentity({ provider: text, subject: text })]) {
					expect(await found).toEqual(person);
				}
				expect(await accounts.findPasswordHash(text)).toBe(text);
				await accounts.createSession(session(text, text));
				expect(await accounts.findSession(text)).toEqual(session(text, text));
				const counter = { key: text, failures: 1, lastAt: 2, expiresAt: 9 };
				await accounts.countAttempts([text], 2, () => ({ counters: [counter], result: undefined }));
				expect(await accounts.countAttempts([text], 3, ([found]) => ({ counters: [], result: found }))).toEqual(counter);
			});
		}
	});

	describe(`${name}: passwords`, () => {
		itKeeps("hashes a password anew only while it is the same one", async (accounts) => {
			await accounts.createUser({ ...user("usr_1", "ada@example.com"), passwordHash: "old" });
			await accounts.rehashPassword("usr_1", "other", "wrong");
			expect(await accounts.findPasswordHash("usr_1")).toBe("old");
			await accounts.rehashPassword("usr_1", "old", "new");
			expect(await accounts.findPasswordHash("usr_1")).toBe("new");
		});

		itKeeps("changes a password once, and ends every session with it", async (accounts) => {
			await accounts.createUser({ ...user("usr_1", "ada@example.com"), passwordHash: "old" });
			await create(accounts, "usr_2");
			await accounts.createSession(session("sid_1", "usr_1"));
			await accounts.createSession(session("sid_2", "usr_2"));
			const changes = ["a", "b", "c"].map((to) => accounts.changePassword("usr_1", { from: "old", to, at: 50 }));
			expect((await Promise.all(changes)).filter(Boolean).length).toBe(1);
			expect((await accounts.findSession("sid_1"))?.revokedAt).toBe(50);
			expect((await accounts.findSession("sid_2"))?.revokedAt).toBe(undefined);
		});

		itKeeps("revokes nothing where the password is another one", async (accounts) => {
			await accounts.createUser({ ...user("usr_1", "ada@example.com"), passwordHash: "old" });
			await accounts.createSession(session("sid_1", "usr_1"));
			expect(await accounts.changePassword("usr_1", { from: "other", to: "new", at: 50 })).toBe(false);
			expect(await accounts.changePassword("usr_1", { from: undefined, to: "new", at: 50 })).toBe(false);
			expect(await accounts.changePassword("usr_9", { from: undefined, to: "new", at: 50 })).toBe(false);
			expect(await accounts.findSession("sid_1")).toEqual(session("sid_1", "usr_1"));
		});

		itKeeps("takes a password away and gives a first one", async (accounts) => {
			await accounts.createUser({ ...user("usr_1", "ada@example.com"), passwordHash: "old" });
			expect(await accounts.changePassword("usr_1", { from: "old", to: undefined, at: 1 })).toBe(true);
			expect(await accounts.findPasswordHash("usr_1")).toBe(undefined);
			expect(await accounts.changePassword("usr_1", { from: undefined, to: "first", at: 2 })).toBe(true);
			expect(await accounts.findPasswordHash("usr_1")).toBe("first");
		});
	});

	describe(`${name}: sessions of people`, () => {
		itKeeps("revokes one once, and all that are left of a person", async (accounts) => {
			await create(accounts, "usr_1", "usr_2");
			for (const [id, userId] of [["sid_1", "usr_1"], ["sid_2", "usr_1"], ["sid_3", "usr_1"], ["sid_4", "usr_2"]] as const) {
				await accounts.createSession(session(id, userId));
			}
			const both = await Promise.all([accounts.revokeSession("sid_1", 20), accounts.revokeSession("sid_1", 20)]);
			expect(both.toSorted()).toEqual([false, true]);
			expect(await accounts.revokeSession("sid_9", 20)).toBe(false);
			await accounts.revokeSessions("usr_1", 30);
			const revoked = await Promise.all(["sid_1", "sid_2", "sid_3", "sid_4"].map(async (id) => (await accounts.findSession(id))?.revokedAt));
			expect(revoked).toEqual([20, 30, 30, undefined]);
		});

		itKeeps("forgets a person's sessions that are over", async (accounts) => {
			await create(accounts, "usr_1", "usr_2");
			await accounts.createSession({ ...session("sid_1", "usr_1"), expiresAt: 100 });
			await accounts.createSession({ ...session("sid_2", "usr_2"), expiresAt: 100 });
			await accounts.createSession({ ...session("sid_3", "usr_1"), createdAt: 100, expiresAt: 200 });
			const left = await Promise.all(["sid_1", "sid_2", "sid_3"].map(async (id) => (await accounts.findSession(id))?.id));
			expect(left).toEqual([undefined, "sid_2", "sid_3"]);
		});

		itKeeps("keeps a person's newest hundred", async (accounts) => {
			await create(accounts, "usr_1", "usr_2");
			await accounts.createSession({ ...session("sid_other", "usr_2"), createdAt: 0 });
			for (let at = 0; at < 103; at++) await accounts.createSession({ ...session(`sid_${at}`, "usr_1"), createdAt: at });
			const left = await Promise.all(["sid_0", "sid_2", "sid_3", "sid_102", "sid_other"].map(async (id) => (await accounts.findSession(id))?.id));
			expect(left).toEqual([undefined, undefined, "sid_3", "sid_102", "sid_other"]);
		});

		itKeeps("has none of somebody who is not there", async (accounts) => {
			await expect(accounts.createSession(session("sid_1", "usr_9"))).rejects.toThrow(/./);
		});
	});

	describe(`${name}: attempts`, () => {
		const failed = (counter: AttemptCounter | undefined, key: string, now: number): AttemptCounter => ({
			key,
			failures: (counter?.failures ?? 0) + 1,
			lastAt: now,
			expiresAt: now + 100,
		});

		itKeeps("counts every one of many at once", async (accounts) => {
			const results = await Promise.all(
				Array.from({ length: 30 }, () =>
					accounts.countAttempts(["a"], 10, ([counter]) => ({ counters: [failed(counter, "a", 10)], result: counter?.failures ?? 0 })),
				),
			);
			expect(results.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 30 }, (_, at) => at));
		});

		itKeeps("gives the counters in the order of the keys, and changes those alone that it is told to", async (accounts) => {
			const keep = (key: string, now: number) => accounts.countAttempts([key], now, ([counter]) => ({ counters: [failed(counter, key, now)], result: undefined }));
			await keep("b", 1);
			await keep("a", 2);
			await keep("a", 3);
			const seen = await accounts.countAttempts(["c", "b", "a"], 4, (counters) => ({
				counters: [{ key: "b", failures: 0, lastAt: 4, succeededAt: 4, expiresAt: 500 }],
				result: counters.map((counter) => counter?.failures),
			}));
			expect(seen).toEqual([undefined, 1, 2]);
			const after = await accounts.countAttempts(["a", "b", "c"], 5, (counters) => ({ counters: [], result: counters }));
			expect(after).toEqual([
				{ key: "a", failures: 2, lastAt: 3, expiresAt: 103 },
				{ key: "b", failures: 0, lastAt: 4, succeededAt: 4, expiresAt: 500 },
				undefined,
			]);
		});

		itKeeps("forgets counters that are over", async (accounts) => {
			await accounts.countAttempts(["a"], 1, () => ({ counters: [failed(undefined, "a", 1)], result: undefined }));
			const look = (now: number) => accounts.countAttempts(["a"], now, ([counter]) => ({ counters: [], result: counter?.failures }));
			expect(await look(100)).toBe(1);
			expect(await look(101)).toBe(undefined);
		});

		itKeeps("keeps nothing of a decision that fails", async (accounts) => {
			const decide = () => {
				throw new Error("no decision");
			};
			await expect(accounts.countAttempts(["a"], 1, decide)).rejects.toThrow(/no decision/);
			expect(await accounts.countAttempts(["a"], 1, ([counter]) => ({ counters: [], result: counter }))).toBe(undefined);
		});
	});
}

function user(id: string, email: string): User {
	return { id, email, shownEmail: email, name: "Somebody", createdAt: 1_790_000_000_000 };
}

function session(id: string, userId: string): UserSession {
	return { id, userId, createdAt: 10, expiresAt: 1_000 };
}

async function create(accounts: AccountStore, ...ids: readonly string[]): Promise<void> {
	for (const id of ids) {
		const person: NewUser = user(id, `${id}@example.com`);
		await accounts.createUser(person);
	}
}
