import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { defaultRuntime } from "../../src/effects/default-runtime.ts";
import { nodeRuntime } from "../../src/node/node-runtime.ts";

describe.each([
	["defaultRuntime", defaultRuntime],
	["nodeRuntime", nodeRuntime],
])("%s", (_name, make) => {
	it("knows the time and is unpredictable", () => {
		const runtime = make();
		expect(Math.abs(runtime.now() - Date.now())).toBeLessThan(1000);
		const number = runtime.random();
		expect(number >= 0 && number < 1).toBe(true);
		expect(runtime.randomBytes(16)).toHaveLength(16);
		expect(runtime.randomBytes(16)).not.toEqual(runtime.randomBytes(16));
	});

	it("calls back once, unless cancelled", async () => {
		const { schedule } = make();
		const calls: string[] = [];
		const cancel = schedule(1, () => calls.push("cancelled"));
		cancel();
		// Timers of this runtime keep no process alive, so the test waits on one of its own.
		await new Promise<void>((resolve) => {
			const keepAlive = setInterval(() => {}, 1000);
			schedule(5, () => {
				calls.push("called");
				clearInterval(keepAlive);
				resolve();
			});
		});
		expect(calls).toEqual(["called"]);
	});

	it("observes nothing by itself", () => {
		expect(make().observe({ type: "warning", message: "x" })).toBeUndefined();
	});
});

describe("the assets of nodeRuntime", () => {
	it("hold the docs page's script", async () => {
		const found = await nodeRuntime().asset?.("scalar.js");
		if (found === undefined) throw new Error("scalar.js is missing");
		expect(found.contentType).toBe("text/javascript; charset=utf-8");
		const script = found.contentEncoding === "br" ? brotliDecompressSync(found.bytes) : Buffer.from(found.bytes);
		expect(script.toString()).toContain("createApiReference");
	});

	it.each(["other.js", "../package.json", "constructor", ""])("hold no %j", async (name) => {
		expect(await nodeRuntime().asset?.(name)).toBeUndefined();
	});

	it("hands over what is observed", () => {
		const events: unknown[] = [];
		nodeRuntime({ observe: (event) => events.push(event) }).observe({ type: "warning", message: "x" });
		expect(events).toHaveLength(1);
	});
});
