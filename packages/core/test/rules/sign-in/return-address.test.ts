import fc from "fast-check";
import { expect, test } from "vitest";
import { readReturnAddress } from "../../../src/rules/sign-in/return-address.ts";

const own = "https://app.example.com";
const allowed = ["https://spa.example.com", "http://localhost:5173"];

const welcome: readonly (readonly [text: string, address: string])[] = [
	["/", "https://app.example.com/"],
	["/projects?tab=keys#new", "https://app.example.com/projects?tab=keys#new"],
	["/a/../b", "https://app.example.com/b"],
	["/größe", "https://app.example.com/gr%C3%B6%C3%9Fe"],
	["/next?url=https://evil.example", "https://app.example.com/next?url=https://evil.example"],
	["https://app.example.com/projects", "https://app.example.com/projects"],
	["HTTPS://APP.EXAMPLE.COM/projects", "https://app.example.com/projects"],
	["https://app.example.com:443/", "https://app.example.com/"],
	["https://spa.example.com/in", "https://spa.example.com/in"],
	["http://localhost:5173/in", "http://localhost:5173/in"],
	// Stay where they are: the whole address is sent, so that no browser reads a path as a host.
	["/.//evil.example", "https://app.example.com//evil.example"],
	["/%2f%2fevil.example", "https://app.example.com/%2f%2fevil.example"],
	["/%5cevil.example", "https://app.example.com/%5cevil.example"],
	["/%0d%0aset-cookie:a=b", "https://app.example.com/%0d%0aset-cookie:a=b"],
];

test.each(welcome)("%j leads to %s", (text, address) => {
	expect(readReturnAddress(text, own, allowed)).toEqual({ ok: true, value: address });
});

const refused: readonly (readonly [trick: string, text: string])[] = [
	["nothing", ""],
	["no slash in front", "projects"],
	["another origin", "https://evil.example/"],
	["another port", "https://app.example.com:8443/"],
	["another scheme", "http://app.example.com/"],
	["the scheme of whoever asks", "//evil.example"],
	["three slashes", "///evil.example"],
	["a backslash for a slash", "/\\evil.example"],
	["two backslashes", "\\\\evil.example"],
	["a backslash behind a scheme", "https:\\\\evil.example"],
	["a backslash in the path", "/a\\..\\..\\evil"],
	["a scheme without slashes", "https:evil.example"],
	["our scheme without slashes", "https:projects"],
	["a scheme with one slash", "https:/evil.example"],
	["a name and password in front of the host", "https://app.example.com@evil.example/"],
	["a name and password for ourselves", "https://who:what@app.example.com/"],
	["a host that begins like ours", "https://app.example.com.evil.example/"],
	["a host that ends like ours", "https://evilapp.example.com/"],
	["a host with a percent sign", "https://app.example.com%2eevil.example/"],
	["a host with another dot", "https://app.example.com\u3002evil.example/"],
	["a host of other letters", "https://\u0430pp.example.com/"],
	["an allowed origin with another scheme", "http://spa.example.com/"],
	["a script", "javascript:alert(1)"],
	["a script behind a line end", "java\nscript:alert(1)"],
	["data", "data:text/html,<script>alert(1)</script>"],
	["a blob of ours", "blob:https://app.example.com/5f0c"],
	["another protocol", "ftp://app.example.com/"],
	["a tab that browsers skip", "/\t/evil.example"],
	["a line end that browsers skip", "/\n/evil.example"],
	["a header of its own", "/a\r\nset-cookie: postern_session=evil"],
	["a space in front", " //evil.example"],
	["a zero byte in front", "\u0000//evil.example"],
	["a no-break space", "/\u00a0/evil.example"],
	["a delete sign", "/\u007f/evil.example"],
	["too much for a cookie", `/${"a".repeat(2000)}`],
	["too much for a cookie once it is escaped", `/${"ö".repeat(400)}`],
];

test.each(refused)("%s is refused: %j", (_trick, text) => {
	expect(readReturnAddress(text, own, allowed)).toMatchObject({ ok: false });
});

test("whatever is let through belongs to an origin that was named, and fits into a header", () => {
	const pieces = fc.constantFrom("/", "\\", "//", "https:", "http://", "@", ":", "evil.example", "app.example.com", "%2f", "\t", "\n", " ", "?", "#", "..", ".", "ö");
	const texts = fc.oneof(fc.string(), fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")), fc.webUrl());
	fc.assert(
		fc.property(texts, (text) => {
			const result = readReturnAddress(text, own, allowed);
			if (!result.ok) return;
			expect([own, ...allowed]).toContain(new URL(result.value).origin);
			expect(result.value).toMatch(/^https?:\/\/[\x21-\x7e]+$/);
		}),
		{ numRuns: 2000 },
	);
});
