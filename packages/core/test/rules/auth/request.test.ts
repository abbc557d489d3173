import { describe, expect, it } from "vitest";
import { cookieValues, formatCookie, isCookieName } from "../../../src/rules/auth/cookie.ts";
import { siteOf } from "../../../src/rules/auth/cross-site.ts";
import { callerAddress, forwardedValue, networkOf } from "../../../src/rules/auth/network.ts";

describe("who asks, behind proxies", () => {
	it.each([
		["no proxy is trusted", 0, "1.1.1.1", "9.9.9.9", "1.1.1.1"],
		["one, which tells whom it saw", 1, "10.0.0.1", "2.2.2.2", "2.2.2.2"],
		["one, and what the caller made up before it", 1, "10.0.0.1", "6.6.6.6, 2.2.2.2", "2.2.2.2"],
		["two", 2, "10.0.0.1", "2.2.2.2, 10.0.0.2", "2.2.2.2"],
		["two, and what the caller made up before them", 2, "10.0.0.1", "6.6.6.6,2.2.2.2,10.0.0.2", "2.2.2.2"],
		["more than there are", 3, "10.0.0.1", "2.2.2.2", "2.2.2.2"],
		["one, which says nothing", 1, "10.0.0.1", undefined, "10.0.0.1"],
		["one, which says nonsense", 1, "10.0.0.1", "unknown", "10.0.0.1"],
		["one, which adds the port", 1, "10.0.0.1", "2.2.2.2:4711", "2.2.2.2"],
		["one, which adds the port to IPv6", 1, "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
		["one, and nobody knows the other end", 1, undefined, "2.2.2.2", "2.2.2.2"],
		["none, and nobody knows the other end", 0, undefined, "2.2.2.2", undefined],
	])("%s", (_what, proxies, remote, forwarded, expected) => expect(callerAddress(remote, forwarded, proxies)).toBe(expected));

	it.each([
		[0, "https", undefined],
		[1, "https", "https"],
		[1, "http, https", "https"],
		[2, "http, https", "http"],
		[1, undefined, undefined],
	])("with %i proxies, of %j: %j", (proxies, list, expected) => expect(forwardedValue(list, proxies)).toBe(expected));
});

describe("whom an address belongs to", () => {
	it.each([
		["192.0.2.1", "192.0.2.1"],
		["::ffff:192.0.2.1", "192.0.2.1"],
		["::ffff:c000:201", "192.0.2.1"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
		["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
		["2001:db8::1", "2001:db8:0:0::/64"],
		["::1", "0:0:0:0::/64"],
		["fe80::1%eth0", "fe80:0:0:0::/64"],
		["256.1.1.1", undefined],
		["example.com", undefined],
		["1::2::3", undefined],
		["", undefined],
		[undefined, undefined],
	])("%j: %j", (address, expected) => expect(networkOf(address)).toBe(expected));
});

describe("cookies", () => {
	it.each([
		[undefined, []],
		["", []],
		["s=1", ["1"]],
		["a=0; s=1;s=2 ; b=3", ["1", "2"]],
		["xs=1; s2=1; S=1; s", []],
		['s="1"', ["1"]],
		["s=a=b==", ["a=b=="]],
		["a=x,s=1", []],
		["s=", [""]],
	])("of %j: %j", (header, expected) => expect(cookieValues(header, "s")).toEqual(expected));

	it.each([
		["postern_session", { isSecure: false, sameSite: "lax" }, "HttpOnly; SameSite=Lax"],
		["postern_session", { isSecure: true, sameSite: "strict" }, "HttpOnly; Secure; SameSite=Strict"],
		["postern_session", { isSecure: false, sameSite: "none" }, "HttpOnly; Secure; SameSite=None"],
		["__Host-session", { isSecure: false, sameSite: "lax" }, "HttpOnly; Secure; SameSite=Lax"],
	] as const)("%s with %j", (name, attributes, expected) => {
		expect(formatCookie(name, "v", { maxAgeMs: 1999, ...attributes })).toBe(`${name}=v; Path=/; Max-Age=1; ${expected}`);
	});

	it.each([
		["postern_session", true],
		["__Host-postern", true],
		["a b", false],
		["a;b", false],
		["a=b", false],
		["", false],
		["é", false],
	])("may be named %j: %s", (name, expected) => expect(isCookieName(name)).toBe(expected));
});

describe("whose page a request comes from", () => {
	const host = "gate.example";
	it.each([
		["own", { origin: "https://gate.example" }],
		["own", { origin: "http://gate.example" }],
		["own", { origin: "https://gate.example", fetchSite: "same-origin" }],
		["own", { fetchSite: "same-origin" }],
		["own", { fetchSite: "none" }],
		["own", { origin: "https://app.example", fetchSite: "cross-site" }],
		["own", { origin: "https://app.example" }],
		["own", { origin: "https://gate.example:8443", host: "gate.example:8443" }],
		["own", { origin: "https://gate.example", host: "gate.example:443" }],
		["foreign", { origin: "https://evil.example" }],
		["foreign", { origin: "https://evil.example", fetchSite: "cross-site" }],
		["foreign", { origin: "https://gate.example", fetchSite: "cross-site" }],
		["foreign", { fetchSite: "same-site" }],
		["foreign", { fetchSite: "cross-site" }],
		["foreign", { fetchSite: "nonsense" }],
		["foreign", { origin: "null" }],
		["foreign", { origin: "" }],
		["foreign", { origin: "https://gate.example.evil.example" }],
		["foreign", { origin: "https://evil-gate.example" }],
		["foreign", { origin: "https://gate.example:444" }],
		["foreign", { origin: "https://app.example.evil.example" }],
		["foreign", { origin: "https://app.example, https://evil.example" }],
		["foreign", { origin: "https://APP.example" }],
		["foreign", { origin: "https://gate.example", host: undefined }],
		["foreign", { origin: "javascript:alert(1)" }],
		["unknown", {}],
	] as const)("%s: %j", (expected, told) => {
		expect(siteOf({ origin: undefined, fetchSite: undefined, host, ...told }, ["https://app.example"])).toBe(expected);
	});
});
