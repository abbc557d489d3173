import { describe, expect, it } from "vitest";
import { createGateway } from "../../../src/node/gateway.ts";
import { argon2id, type KeyDerivation, scrypt } from "../../../src/node/passwords/key-derivation.ts";
import { nodePasswords } from "../../../src/node/passwords/node-passwords.ts";
import { formatPhc, parsePhc } from "../../../src/node/passwords/phc-string.ts";
import { simulator } from "../../../src/index.ts";
import { ada, browser, registered, secret } from "../../gateway/accounts/browser.ts";

/** The same functions with parameters for tests. */
function quick(derivation: KeyDerivation, parameters: Readonly<Record<string, number>>): KeyDerivation {
	return { ...derivation, parameters };
}
const quickScrypt = quick(scrypt, { ln: 4, r: 8, p: 1 });
const all = [["scrypt", quickScrypt] as const, ...(argon2id === undefined ? [] : [["argon2id", quick(argon2id, { m: 64, t: 1, p: 1 })] as const])];

describe.each(all)("%s", (_name, derivation) => {
	const passwords = nodePasswords(derivation);

	it("knows a password again, and no other", async () => {
		const hash = await passwords.hash("correct horse");
		expect(await passwords.verify("correct horse", hash)).toBe("yes");
		for (const other of ["correct horsf", "Correct horse", "correct horse ", ""]) expect(await passwords.verify(other, hash)).toBe("no");
	});

	it("hashes one password differently each time", async () => {
		const hashes = await Promise.all([1, 2, 3].map(() => passwords.hash("correct horse")));
		expect(new Set(hashes).size).toBe(3);
	});

	it.each(["", "\0", "a\0b", "日本語", "x".repeat(1024)])("takes %j as it is", async (password) => {
		expect(await passwords.verify(password, await passwords.hash(password))).toBe("yes");
	});

	it("asks for a new hash where any parameter is another one", async () => {
		const hash = await passwords.hash("correct horse");
		for (const [name, value] of Object.entries(derivation.parameters)) {
			const later = nodePasswords(quick(derivation, { ...derivation.parameters, [name]: value + 1 }));
			expect(await later.verify("correct horse", hash)).toBe("yes-rehash");
			expect(await later.verify("wrong horse", hash)).toBe("no");
		}
	});

	it.each(["", "hello", "$argon2id$", "$md5$x=1$AAAA$AAAA", "$2b$10$abcdefghijklmnopqrstuv"])("does not guess at %j", async (text) => {
		await expect(passwords.verify("correct horse", text)).rejects.toThrow(/cannot verify/);
	});
});

it("moves from one function to the other", async () => {
	if (argon2id === undefined) return;
	const before = await nodePasswords(quickScrypt).hash("correct horse");
	expect(await nodePasswords(quick(argon2id, { m: 64, t: 1, p: 1 })).verify("correct horse", before)).toBe("yes-rehash");
});

it("writes what others read (PHC string format)", () => {
	const hash = { algorithm: "argon2id", version: 19, parameters: { m: 19456, t: 2, p: 1 }, salt: new Uint8Array([1, 2, 3, 4]), hash: new Uint8Array([255, 254]) };
	const text = formatPhc(hash);
	expect(text).toBe("$argon2id$v=19$m=19456,t=2,p=1$AQIDBA$//4");
	expect(parsePhc(text)).toMatchObject({ algorithm: "argon2id", version: 19, parameters: hash.parameters });
	expect([...(parsePhc(text)?.hash ?? [])]).toEqual([255, 254]);
});

it("uses OWASP's parameters where argon2 is there", async () => {
	if (argon2id === undefined) return;
	expect(await nodePasswords().hash("correct horse")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

it("signs people in through a gateway, with the real thing", async () => {
	const gateway = createGateway({ providers: { sim: simulator() }, token: "operator-token", surfaces: ["accounts"], sessions: { secrets: [secret] } });
	await registered(gateway);
	const tab = browser(gateway);
	expect((await tab.ask("/auth/login", { email: ada.email, password: "wrong horse" })).status).toBe(401);
	expect((await tab.ask("/auth/login", { email: ada.email, password: ada.password })).status).toBe(200);
	expect((await tab.ask("/auth/me")).status).toBe(200);
	await gateway.close();
});
