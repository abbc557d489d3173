import { createClient } from "@postern/client";
import { describe, expect, test } from "vitest";
import { body, type BodyLog, collect, encode, eventStream, fakeFetch, named, splits } from "./fake-fetch.ts";

const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
const result = ["result", { sessionId: "ses_1", usage, model: "sim/echo" }] as const;
const done = ["done", { code: 0, signal: null }] as const;
const opening = [
	["session", { sessionId: "ses_1" }],
	["warning", { code: "unsupported-setting", field: "settings.seed", message: "Dropped" }],
] as const;
const whole = named(...opening, ["text", { text: "Héllo" }], ["text", { text: "\r\n[DONE]\ud800" }], result, done);
const failed = named(opening[0], ["text", { text: "a" }], ["error", { error: "Too late", code: "TIMEOUT_ERROR", requestId: "req_9" }], [
	"done",
	{ code: 1, signal: null, reason: "timeout" },
]);

function textOf(content: Parameters<typeof eventStream>[0]) {
	const gateway = fakeFetch(() => eventStream(content));
	return { gateway, answer: createClient(gateway).streamText({ prompt: "x" }) };
}

describe("streamText", () => {
	test("pieces first, promises after", async () => {
		for (const chunks of splits(whole)) {
			const { answer } = textOf(body(chunks));
			expect(await collect(answer)).toEqual(["Héllo", "\r\n[DONE]\ud800"]);
			expect(await Promise.all([answer.sessionId, answer.usage, answer.model, answer.text])).toEqual(["ses_1", usage, "sim/echo", "Héllo\r\n[DONE]\ud800"]);
			expect(await answer.warnings).toEqual([opening[1][1]]);
		}
	});

	test("a promise alone reads what it needs, and the pieces wait", async () => {
		const { answer, gateway } = textOf(whole);
		expect(await answer.text).toBe("Héllo\r\n[DONE]\ud800");
		expect(await collect(answer)).toEqual(["Héllo", "\r\n[DONE]\ud800"]);
		expect(gateway.sent).toHaveLength(1);
	});

	test("the session's id comes first and reads no further", async () => {
		const log: BodyLog = { pulled: 0, isCancelled: false };
		const events = [opening[0], ["text", { text: "a" }] as const, result, done].map((event) => encode(named(event)));
		const { answer } = textOf(body(events, { log }));
		expect(await answer.sessionId).toBe("ses_1");
		expect(log.pulled).toBe(1);
		expect(await collect(answer)).toEqual(["a"]);
		expect(await answer.usage).toEqual(usage);
	});

	test("reader and promises at once share one reading", async () => {
		const { answer, gateway } = textOf(whole);
		const [pieces, text, totals] = await Promise.all([collect(answer), answer.text, answer.usage]);
		expect(pieces.join("")).toBe(text);
		expect(totals).toEqual(usage);
		expect(gateway.sent).toHaveLength(1);
	});

	test("a failure is told to the reader and to every promise, but for what is known", async () => {
		const { answer } = textOf(failed);
		const expected = { code: "TIMEOUT_ERROR", status: 504, requestId: "req_9" };
		const pieces: string[] = [];
		await expect(
			(async () => {
				for await (const piece of answer) pieces.push(piece);
			})(),
		).rejects.toMatchObject(expected);
		expect(pieces).toEqual(["a"]);
		await expect(answer.text).rejects.toMatchObject(expected);
		await expect(answer.usage).rejects.toMatchObject(expected);
		expect(await answer.sessionId).toBe("ses_1");
	});

	test("a promise that nobody looks at never becomes an unhandled rejection", async () => {
		const seen: unknown[] = [];
		const onUnhandled = (reason: unknown) => seen.push(reason);
		process.on("unhandledRejection", onUnhandled);
		try {
			const { answer } = textOf(failed);
			void answer.usage;
			void answer.text;
			await expect(collect(answer)).rejects.toThrow();
			await new Promise((resolve) => setImmediate(resolve));
			expect(seen).toEqual([]);
		} finally {
			process.off("unhandledRejection", onUnhandled);
		}
	});

	test("leaving the loop cancels, and open promises fail", async () => {
		const events = [opening[0], ["text", { text: "a" }] as const].map((event) => encode(named(event)));
		const { answer, gateway } = textOf(body(events, { open: true }));
		for await (const _ of answer) break;
		expect(gateway.sent[0]?.signal.aborted).toBe(true);
		await expect(answer.usage).rejects.toMatchObject({ code: "ABORTED" });
		expect(await answer.sessionId).toBe("ses_1");
	});

	test.each([
		["no done", named(opening[0], ["text", { text: "a" }], result), "STREAM_ENDED_EARLY"],
		["a done that is no success", named(opening[0], ["done", { code: null, signal: "SIGTERM", reason: "timeout" }]), "STREAM_ENDED_EARLY"],
		["data that is not JSON", "event: text\ndata: a\n\n", "INVALID_RESPONSE"],
	])("%s is a failure", async (_, content, code) => {
		await expect(collect(textOf(content).answer)).rejects.toMatchObject({ code });
		await expect(textOf(content).answer.text).rejects.toMatchObject({ code });
	});

	test("a complete stream without a result fails the promises alone", async () => {
		const { answer } = textOf(named(["text", { text: "a" }], done));
		expect(await collect(answer)).toEqual(["a"]);
		expect(await answer.text).toBe("a");
		await expect(answer.usage).rejects.toMatchObject({ code: "INVALID_RESPONSE" });
		await expect(answer.sessionId).rejects.toMatchObject({ code: "INVALID_RESPONSE" });
	});

	test("events of a newer gateway change nothing", async () => {
		const { answer } = textOf(named(opening[0], ["reasoning", { text: "hm", usage: 1 }], ["text", { text: "a" }], result, done));
		expect(await collect(answer)).toEqual(["a"]);
		expect(await answer.text).toBe("a");
		expect(await answer.usage).toEqual(usage);
	});
});

describe("streamObject", () => {
	interface Person {
		readonly name: string;
		readonly tags: readonly string[];
	}
	const person: Person = { name: "Ada", tags: ["x"] };
	const content = named(
		opening[0],
		["partial-object", { partial: '{"name":"A', parsed: { name: "A" } }],
		["partial-object", { partial: '{"name":"Ada","tags":["x"', parsed: person }],
		["object", { object: person }],
		result,
		done,
	);

	test("partial objects, then the object", async () => {
		for (const chunks of splits(content)) {
			const answer = createClient(fakeFetch(() => eventStream(body(chunks)))).streamObject<Person>({ prompt: "x", schema: { type: "object" } });
			expect(await collect(answer)).toEqual([{ name: "A" }, person]);
			expect(await answer.object).toEqual(person);
			expect(await answer.usage).toEqual(usage);
		}
	});

	test("an object that is null is an object", async () => {
		const events = named(opening[0], ["partial-object", { partial: "null", parsed: null }], ["object", { object: null }], result, done);
		const answer = createClient(fakeFetch(() => eventStream(events))).streamObject({ prompt: "x", schema: { type: "null" } });
		expect(await answer.object).toBeNull();
		expect(await collect(answer)).toEqual([null]);
	});

	test("an answer that is no object carries the model's text", async () => {
		const failure = { error: "No JSON", code: "PARSE_ERROR", requestId: "req_2", rawText: "Sorry" };
		const answer = createClient(fakeFetch(() => eventStream(named(["error", failure], ["done", { code: 1, signal: null }])))).streamObject({
			prompt: "x",
			schema: { type: "object" },
		});
		await expect(answer.object).rejects.toMatchObject({ code: "PARSE_ERROR", status: 502, rawText: "Sorry" });
	});
});
