import { describe, expect, it } from "vitest";
import { type GatewayOptions, memoryStore, openaiCompatible, simulator } from "../../src/index.ts";
import { scriptedSend } from "../../src/testing/index.ts";
import { ask, eventsOf, testGateway } from "./support.ts";

const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"] };
const gatewayFor = (structuredOutput: "json-schema" | "none", rest: Partial<GatewayOptions> = {}) => {
	const sim = simulator();
	return testGateway({ providers: { sim: { ...sim, quirks: { ...sim.quirks, structuredOutput } } }, ...rest });
};

describe.each([["natively", "json-schema"], ["by the prompt", "none"]] as const)("objects asked for %s", (_, support) => {
	it("match the schema, whole", async () => {
		const { status, json } = await ask(gatewayFor(support), "/generate-object", { body: { prompt: "x", schema, model: "sim/json" } });
		expect(status).toBe(200);
		expect(json.object).toEqual({ name: expect.any(String), age: expect.any(Number) });
		expect(json.rawText).toEqual(expect.any(String));
		expect(json.warnings === undefined).toBe(support === "json-schema");
	});

	it("grow while they stream and are whole at the end", async () => {
		const { text } = await ask(gatewayFor(support), "/stream-object", { body: { prompt: "x", schema, model: "sim/json" } });
		const events = eventsOf(text).filter(({ event }) => event !== "warning");
		expect(events[0]?.event).toBe("session");
		expect(events.slice(-3).map(({ event }) => event)).toEqual(["object", "result", "done"]);
		const partials = events.filter(({ event }) => event === "partial-object").map(({ data }) => (data as { parsed: unknown }).parsed);
		expect(partials.length).toBeGreaterThan(0);
		expect(new Set(partials.map((value) => JSON.stringify(value))).size).toBe(partials.length);
		expect(events.at(-3)?.data).toEqual({ object: partials.at(-1) });
	});
});

describe("objects that need help", () => {
	it("are found inside other text", async () => {
		const content = 'Sure, here it is:\n```json\n{"name":"Ada","age":36}\n```\nAnything else?';
		const chunk = (delta: object, finish: string | null = null) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
		const answer = { id: "c", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] };
		const { send } = scriptedSend({ chunks: [JSON.stringify(answer)] }, { chunks: [chunk({ content }), chunk({}, "stop"), "data: [DONE]\n\n"] });
		const gateway = testGateway({ providers: { p: { ...openaiCompatible({ baseUrl: "http://p/v1" }), send } } });
		const body = { prompt: "x", schema, model: "p/m" };
		expect((await ask(gateway, "/generate-object", { body })).json.object).toEqual({ name: "Ada", age: 36 });
		const { text } = await ask(gateway, "/stream-object", { body });
		expect(eventsOf(text)).toContainEqual({ event: "warning", data: { code: "EXTRACTION_FALLBACK", message: expect.any(String) } });
		expect(eventsOf(text)).toContainEqual({ event: "object", data: { object: { name: "Ada", age: 36 } } });
	});

	it("are repaired once; the ledger counts both tries in one record", async () => {
		const store = memoryStore();
		const gateway = gatewayFor("json-schema", { store });
		const { status, json } = await ask(gateway, "/generate-object", { body: { prompt: "x", schema, model: "sim/repair" } });
		expect(status).toBe(200);
		expect(json.object).toEqual({ name: expect.any(String), age: expect.any(Number) });
		const streamed = await ask(gateway, "/stream-object", { body: { prompt: "x", schema, model: "sim/repair" } });
		expect(eventsOf(streamed.text).find(({ event }) => event === "object")?.data).toEqual({ object: { name: expect.any(String), age: expect.any(Number) } });
		expect((await store.listUsage()).map(({ attempts, outcome }) => ({ attempts, outcome }))).toEqual([{ attempts: 2, outcome: "ok" }, { attempts: 2, outcome: "ok" }]);
	});

	it("end in a clear error with the model's text where they cannot be", async () => {
		const gateway = gatewayFor("json-schema");
		const whole = await ask(gateway, "/generate-object", { body: { prompt: "x", schema, model: "sim/prose" } });
		expect(whole).toMatchObject({ status: 502, json: { code: "PARSE_ERROR", rawText: expect.stringContaining("talks instead") } });
		const streamed = await ask(gateway, "/stream-object", { body: { prompt: "x", schema, model: "sim/prose" } });
		expect(eventsOf(streamed.text).slice(-2)).toMatchObject([{ event: "error", data: { code: "PARSE_ERROR" } }, { event: "done", data: { code: 1 } }]);
	});
});
