import { CompactEncrypt, EncryptJWT } from "jose";
import { beforeEach, expect, test } from "vitest";
import { createFlowSeal, type Flow, flowLifetimeMs } from "../../src/effects/sign-in/flow-seal.ts";

const secrets = ["the newest secret of at least 32 characters", "the one before it, at least 32 characters too"] as const;
const flow: Flow = { provider: "google", state: "s", nonce: "n", verifier: "v", returnTo: "https://app.example.com/größe?a=b" };
let now = 0;
beforeEach(() => {
	now = Date.parse("2030-01-02T03:04:05Z");
});

const seal = (...list: readonly string[]) => createFlowSeal(list, () => now);

test("what was sealed is opened by every gateway that has the secret, also once a newer one stands in front of it", async () => {
	const sealed = await seal(secrets[1]).seal(flow);
	expect(sealed).not.toContain("app.example.com");
	expect(await seal(secrets[1]).open(sealed, "google")).toEqual(flow);
	expect(await seal(...secrets).open(sealed, "google")).toEqual(flow);
	expect(await seal(secrets[0]).open(sealed, "google")).toBeUndefined();
});

test("the newest secret seals", async () => {
	expect(await seal(secrets[0]).open(await seal(...secrets).seal(flow), "google")).toEqual(flow);
});

test("a flow belongs to one provider and to ten minutes", async () => {
	const sealed = await seal(secrets[0]).seal(flow);
	expect(await seal(secrets[0]).open(sealed, "github")).toBeUndefined();
	now += flowLifetimeMs - 1000;
	expect(await seal(secrets[0]).open(sealed, "google")).toEqual(flow);
	now += 1000;
	expect(await seal(secrets[0]).open(sealed, "google")).toBeUndefined();
});

test("no sign of it can be changed", async () => {
	const sealed = await seal(secrets[0]).seal(flow);
	for (let at = 0; at < sealed.length; at += 7) {
		// The last sign of a part may hold bits that mean nothing.
		if ([".", undefined].includes(sealed[at + 1])) continue;
		const changed = sealed.slice(0, at) + (sealed[at] === "x" ? "y" : "x") + sealed.slice(at + 1);
		expect(await seal(secrets[0]).open(changed, "google"), `at ${at}`).toBeUndefined();
	}
});

test.each(["", "x", "a.b.c", "a.b.c.d.e", "....", "eyJhbGciOiJub25lIn0.e30."])("%j is nothing", async (text) => {
	expect(await seal(secrets[0]).open(text, "google")).toBeUndefined();
});

test("the secret itself is no key, and other algorithms are not taken", async () => {
	const key = new TextEncoder().encode(secrets[0]).subarray(0, 32);
	const claims = new EncryptJWT({ ...flow }).setAudience("google").setExpirationTime(now / 1000 + 600);
	const direct = await claims.setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
	const wrapped = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(flow))).setProtectedHeader({ alg: "A256KW", enc: "A256GCM" }).encrypt(key);
	for (const text of [direct, wrapped]) expect(await seal(secrets[0]).open(text, "google")).toBeUndefined();
});

test("the longest way back that is allowed fits into a cookie", async () => {
	const sealed = await seal(secrets[0]).seal({ ...flow, state: "s".repeat(43), nonce: "n".repeat(43), verifier: "v".repeat(43), returnTo: "r".repeat(2000) });
	expect(sealed.length).toBeLessThan(3800);
});
