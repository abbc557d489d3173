import { createClient } from "@postern/client";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BodyLog, body, collect, encode, eventStream, failureOf, fakeFetch, splits } from "./fake-fetch.ts";

function streamOf(content: Parameters<typeof eventStream>[0]) {
	return createClient(fakeFetch(() => eventStream(content))).stream({ prompt: "x" });
}

/** Written as the contract describes it, by other means than the gateway's own encoder. */
function rawText(pieces: readonly string[]): string {
	const event = (text: string) =>
		/\r/.test(text) || !text.isWellFormed()
			? `event: json\ndata: ${JSON.stringify({ text })}\n\n`
			: `${text.split("\n").map((line) => `data: ${line}\n`).join("")}\n`;
	return `${pieces.flatMap((piece) => (piece === "[DONE]" ? ["[DO", "NE]"] : [piece])).map(event).join("")}data: [DONE]\n\n`;
}

describe("raw text", () => {
	test.each([
		["words", ["Hello", " world"]],
		["line feeds", ["a\nb", "\n", "\n\n", "c\n"]],
		["spaces at both ends", [" a ", "  b"]],
		["carriage returns", ["a\rb", "\r\n", "\r"]],
		["lone surrogates", ["\ud83d", "\ude00x", "a\udc00"]],
		["the end mark as text", ["[DONE]", "say [DONE] twice [DONE]"]],
		["several bytes a character", ["héllo", "日本語", "👩‍👩‍👧"]],
		["what looks like fields", ["data: x", "event: error", ": comment", "id: 1", "retry: 5"]],
	])("%s come out as they went in, at every split", async (_, pieces) => {
		for (const chunks of splits(rawText(pieces))) {
			expect((await collect(streamOf(body(chunks)))).join("")).toBe(pieces.join(""));
		}
	});

	test("any text, in any pieces, at any split", async () => {
		const text = fc.string({ unit: fc.oneof(fc.constantFrom("\n", "\r", "[DONE]", " ", "\ud800", "😀"), fc.string({ unit: "binary" })), minLength: 1 });
		await fc.assert(
			fc.asyncProperty(fc.array(text.filter((piece) => piece !== "")), fc.integer({ min: 1, max: 40 }), async (pieces, size) => {
				const bytes = encode(rawText(pieces));
				const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));
				expect((await collect(streamOf(body(chunks)))).join("")).toBe(pieces.join(""));
			}),
			{ numRuns: 100 },
		);
	});

	test("comments, unknown events and CRLF are no text", async () => {
		const content = ": ping\r\n\r\nevent: later\r\ndata: {}\r\n\r\ndata: a\r\n\r\nevent: message\r\ndata: b\r\n\r\ndata: [DONE]\r\n\r\n";
		for (const chunks of splits(content)) expect(await collect(streamOf(body(chunks)))).toEqual(["a", "b"]);
	});

	test("nothing behind the end mark is read as text", async () => {
		expect(await collect(streamOf("data: a\n\ndata: [DONE]\n\ndata: b\n\n"))).toEqual(["a"]);
	});
});

describe("ends", () => {
	test.each([
		["nothing at all", ""],
		["a piece", "data: a\n\n"],
		["half an event", "data: a\n\ndata: [DO"],
		["an end mark that is not closed", "data: a\n\ndata: [DONE]"],
	])("%s and then the end of the bytes is a failure", async (_, content) => {
		const pieces: string[] = [];
		const reading = (async () => {
			for await (const piece of streamOf(content)) pieces.push(piece);
		})();
		expect(await failureOf(reading)).toMatchObject({ name: "PosternError", code: "STREAM_ENDED_EARLY", requestId: "req_header" });
		expect(pieces).toEqual(content === "" ? [] : ["a"]);
	});

	test("an error event gives the pieces before it, then its error", async () => {
		const failure = { error: "The provider is overloaded", code: "PROVIDER_OVERLOADED", requestId: "req_7" };
		const content = `data: a\n\nevent: error\ndata: ${JSON.stringify(failure)}\n\n`;
		const items = streamOf(content);
		expect(await items.next()).toEqual({ done: false, value: "a" });
		expect(await failureOf(items.next())).toMatchObject({ code: "PROVIDER_OVERLOADED", status: 503, requestId: "req_7", message: failure.error });
		expect(await items.next()).toEqual({ done: true, value: undefined });
	});

	test("an error that cannot be read is an error all the same", async () => {
		await expect(collect(streamOf("event: error\ndata: <oops>\n\n"))).rejects.toMatchObject({ code: "PROVIDER_ERROR", requestId: "req_header" });
	});

	test("a json event that is not JSON is a failure", async () => {
		await expect(collect(streamOf("event: json\ndata: {\n\n"))).rejects.toMatchObject({ code: "INVALID_RESPONSE" });
		await expect(collect(streamOf("event: json\ndata: null\n\n"))).rejects.toMatchObject({ code: "INVALID_RESPONSE" });
	});
});

describe("pull and cancel", () => {
	test("nothing is sent before the first item is asked for", async () => {
		const gateway = fakeFetch(() => eventStream("data: [DONE]\n\n"));
		const items = createClient(gateway).stream({ prompt: "x" });
		expect(gateway.sent).toHaveLength(0);
		await collect(items);
		expect(gateway.sent).toHaveLength(1);
	});

	test("no chunk is read before its items are asked for", async () => {
		const log: BodyLog = { pulled: 0, isCancelled: false };
		const items = streamOf(body(["data: a\n\n", "data: b\n\n", "data: [DONE]\n\n"].map(encode), { log }));
		await items.next();
		expect(log.pulled).toBe(1);
		await items.next();
		expect(log.pulled).toBe(2);
		expect((await items.next()).done).toBe(true);
		expect(log).toEqual({ pulled: 3, isCancelled: false });
	});

	test("leaving the loop cancels the request and the body", async () => {
		const log: BodyLog = { pulled: 0, isCancelled: false };
		const gateway = fakeFetch(() => eventStream(body([encode("data: a\n\n")], { open: true, log })));
		for await (const piece of createClient(gateway).stream({ prompt: "x" })) {
			expect(piece).toBe("a");
			break;
		}
		expect(gateway.sent[0]?.signal.aborted).toBe(true);
		await expect.poll(() => log.isCancelled).toBe(true);
	});

	test("leaving while the gateway is silent takes no wait", async () => {
		const log: BodyLog = { pulled: 0, isCancelled: false };
		const items = streamOf(body([encode("data: a\n\n")], { open: true, log }));
		await items.next();
		const pending = items.next();
		pending.catch(() => undefined);
		expect(await items.return()).toEqual({ done: true, value: undefined });
		await expect(pending).rejects.toMatchObject({ code: "ABORTED" });
		await expect.poll(() => log.isCancelled).toBe(true);
	});

	test("a connection that the gateway leaves open does not hold up the end", async () => {
		const content = body([encode("data: a\n\ndata: [DONE]\n\n")], { open: true });
		expect(await collect(streamOf(content))).toEqual(["a"]);
	});
});
