import { describe, expect, it } from "vitest";
import type { CacheSetting } from "../../../src/contract/cache.ts";
import { type CacheControl, readCacheControl } from "../../../src/rules/cache/control.ts";
import { type CacheRule, cacheRule } from "../../../src/rules/cache/rule.ts";

describe("the cache header", () => {
	it.each([
		["on", { mode: "on" }],
		["off", { mode: "off" }],
		["refresh", { mode: "refresh" }],
		[" ON ", { mode: "on" }],
		["ttl=600", { mode: "on", ttlSeconds: 600 }],
		["on,ttl=1", { mode: "on", ttlSeconds: 1 }],
		["TTL=2592000 , Refresh", { mode: "refresh", ttlSeconds: 2_592_000 }],
		["tool-calls", { mode: "on", toolCalls: true }],
		["exact, tool-calls, ttl=5, on", { mode: "on", toolCalls: true, exact: true, ttlSeconds: 5 }],
	])("%j", (header, value) => {
		expect(readCacheControl(header)).toEqual({ ok: true, value });
	});

	it.each([
		["", '""'],
		[",", "twice"],
		["yes", '"yes"'],
		["on, off", "both on and off"],
		["on, on", "twice"],
		["ttl=5, ttl=6", "twice"],
		["off, ttl=5", "off stands alone"],
		["off, exact", "off stands alone"],
		["ttl", '"ttl"'],
		["ttl=", "whole number"],
		["ttl=0", "whole number"],
		["ttl=-1", "whole number"],
		["ttl=1.5", "whole number"],
		["ttl=1e3", "whole number"],
		["ttl=2592001", "whole number"],
		["ttl=9999999999999", "whole number"],
		["max-age=5", '"max-age=5"'],
		["x".repeat(200), "..."],
	])("%j is refused", (header, words) => {
		const read = readCacheControl(header);
		expect(read).toMatchObject({ ok: false, problem: { path: "x-postern-cache", message: expect.stringContaining(words) } });
		if (!read.ok) expect(read.problem.message.length).toBeLessThan(200);
	});
});

describe("what holds for a request", () => {
	it.each<[string, CacheControl | undefined, (CacheSetting | undefined)[], Partial<CacheRule> | undefined]>([
		["nobody asks", undefined, [undefined, undefined, {}], undefined],
		["the gateway", undefined, [undefined, undefined, { ttlSeconds: 7 }], { mode: "on", ttlMs: 7000 }],
		["the route before the gateway", undefined, [undefined, { ttlSeconds: 5 }, { ttlSeconds: 7 }], { mode: "on", ttlMs: 5000 }],
		["the project before both", undefined, [{ ttlSeconds: 3 }, { ttlSeconds: 5 }, { ttlSeconds: 7 }], { mode: "on", ttlMs: 3000 }],
		["a project that is on, on a route that is off", undefined, [{ ttlSeconds: 3 }, false, {}], { mode: "on", ttlMs: 3000 }],
		["a project that is off", undefined, [false, { ttlSeconds: 5 }, { ttlSeconds: 7 }], undefined],
		["a route that is off", undefined, [undefined, false, { ttlSeconds: 7 }], undefined],
		["a project that says nothing", undefined, [{}, false, { ttlSeconds: 7 }], undefined],
		["a project that says what of tool calls, and leaves the rest to the next", undefined, [{ toolCalls: false }, { toolCalls: true }, { ttlSeconds: 7 }], { ttlMs: 7000, keepsToolCalls: false }],
		["tool calls by whoever says it first", undefined, [{ ttlSeconds: 3 }, { toolCalls: true }, { toolCalls: false }], { ttlMs: 3000, keepsToolCalls: true }],
		["the request before them all", { mode: "refresh", ttlSeconds: 3, toolCalls: true }, [false, { ttlSeconds: 5, toolCalls: false }, {}], { mode: "refresh", ttlMs: 3000, keepsToolCalls: true }],
		["the next one's time for a request that says none", { mode: "on" }, [false, false, { ttlSeconds: 7 }], { ttlMs: 7000 }],
		["five minutes", { mode: "on" }, [undefined, undefined, {}], { ttlMs: 300_000, keepsToolCalls: false, isExact: false }],
		["a request that wants none", { mode: "off" }, [{ ttlSeconds: 3 }, { ttlSeconds: 5 }, {}], { mode: "off" }],
	])("%s", (_, request, settings, expected) => {
		const rule = cacheRule(request, settings);
		if (expected === undefined) expect(rule).toBeUndefined();
		else expect(rule).toMatchObject(expected);
	});
});
