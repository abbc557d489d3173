import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEmail } from "../../../src/rules/auth/email.ts";

describe("one mailbox is one account", () => {
	it.each([
		["ada@example.com", "ada@example.com"],
		["Ada.Lovelace@Example.COM", "ada.lovelace@example.com"],
		["  ada@example.com\n", "ada@example.com"],
		["\ufeffada@example.com\u00a0", "ada@example.com"],
		["ada+gate@example.com", "ada+gate@example.com"],
		["o'hara@example.com", "o'hara@example.com"],
		["ADA@bücher.example", "ada@xn--bcher-kva.example"],
		["ada@BÜCHER.example", "ada@xn--bcher-kva.example"],
		["ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
		["ada@ＥＸＡＭＰＬＥ.com", "ada@example.com"],
		["ada@example。com", "ada@example.com"],
		["Jose\u0301@example.com", "jos\u00e9@example.com"],
		["ΑΣΑ@example.com", "ασα@example.com"],
		["用户@例子.example", "用户@xn--fsqu00a.example"],
		["a@b.co", "a@b.co"],
	])("%j is %j", (text, email) => {
		expect(readEmail(text)).toEqual({ ok: true, value: { email, shown: text.trim().normalize("NFC") } });
	});

	it("knows what it made again", () => {
		const word = fc.stringMatching(/^[A-Za-z0-9_+-]{1,20}$/);
		fc.assert(
			fc.property(word, fc.stringMatching(/^[a-z]{1,10}$/), (local, domain) => {
				const once = readEmail(`${local}@${domain}.Example`);
				expect(once.ok && readEmail(once.value.email)).toMatchObject({ ok: true, value: { email: once.ok ? once.value.email : "" } });
			}),
		);
	});

	it("never throws, and gives ASCII domains", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" })).map((parts) => parts.join("@"))), (text) => {
				const read = readEmail(text);
				if (read.ok) expect(read.value.email.split("@")[1]).toMatch(/^[a-z0-9.-]+$/);
			}),
		);
	});
});

describe("no address", () => {
	it.each([
		["empty", ""],
		["no @", "ada.example.com"],
		["two @", "ada@home@example.com"],
		["no name", "@example.com"],
		["no domain", "ada@"],
		["a full-width @", "ada＠example.com"],
		["a small @", "ada﹫example.com"],
		["a second, full-width @", "ada＠evil.example@example.com"],
		["full-width letters", "ａｄａ@example.com"],
		["a ligature", "ﬁona@example.com"],
		["a superscript", "ada²@example.com"],
		["mathematical letters", "𝒶da@example.com"],
		["the Kelvin sign", "\u212aate@example.com"],
		["a zero-width space", "a\u200bda@example.com"],
		["a zero-width joiner", "a\u200dda@example.com"],
		["a soft hyphen", "a\u00adda@example.com"],
		["a variation selector", "a\ufe0fda@example.com"],
		["a Hangul filler", "a\u3164da@example.com"],
		["a combining grapheme joiner", "a\u034fda@example.com"],
		["a direction mark", "\u202eada@example.com"],
		["a mark that stands alone", "\u0301da@example.com"],
		["a lone surrogate", "a\ud800@example.com"],
		["NUL", "a\0da@example.com"],
		["a line end", "ada\r\nBcc: eve@example.com"],
		["a space inside", "a da@example.com"],
		["a comma", "ada,eve@example.com"],
		["a display name", "Ada <ada@example.com>"],
		["a quoted name", '"ada"@example.com'],
		["a dot before", ".ada@example.com"],
		["a dot behind", "ada.@example.com"],
		["two dots", "ada..l@example.com"],
		["a name that is too long", `${"a".repeat(65)}@example.com`],
		["a name of too many octets", `${"é".repeat(33)}@example.com`],
		["an address that is too long", `${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(20)}`],
		["no dot in the domain", "ada@localhost"],
		["a dot behind the domain", "ada@example.com."],
		["an empty label", "ada@example..com"],
		["an IPv4 address", "ada@127.0.0.1"],
		["an IPv4 address in hexadecimal", "ada@0x7f.1"],
		["an IPv6 address", "ada@[::1]"],
		["a port", "ada@example.com:80"],
		["a path", "ada@example.com/x"],
		["a full-width slash", "ada@example.com／x"],
		["an encoded slash", "ada@example.com%2fx"],
		["a fragment", "ada@example.com#x"],
		["a hyphen before", "ada@-example.com"],
		["a hyphen behind", "ada@example-.com"],
		["a label that is too long", `ada@${"b".repeat(64)}.com`],
		["an underscore in the domain", "ada@ex_ample.com"],
		["a zero-width space in the domain", "ada@exam\u200bple.com/"],
	])("with %s: %j", (_what, text) => {
		expect(readEmail(text)).toEqual({ ok: false, problem: expect.any(String) });
	});
});
