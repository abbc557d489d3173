import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatewayError } from "../../src/contract/errors.ts";
import { expectWellFormed } from "../rules/dialects/well-formed.ts";
import { dialects, encodingContext, providers } from "./dialects.ts";
import { decodeAll, expectBounded, guardPrototypes, inTime } from "./expectations.ts";
import { brokenStream, brokenStreamInPieces } from "./streams.ts";

guardPrototypes();

describe.each(providers)("a broken stream of $id", (dialect) => {
	it("is events or one failure, the same at every split, and nothing behind the end", () => {
		fc.assert(
			fc.property(brokenStreamInPieces(dialect), ([whole, pieces]) => {
				const events = inTime(() => decodeAll(dialect.provider.createStreamDecoder(), [whole]));
				expectWellFormed(events);
				expectBounded(events, whole.length);
				expect(decodeAll(dialect.provider.createStreamDecoder(), pieces)).toEqual(events);
			}),
			{ numRuns: 300 },
		);
	});

	it("can be told in every dialect, as far as it came", () => {
		fc.assert(
			fc.property(brokenStream(dialect), (bytes) => {
				const events = decodeAll(dialect.provider.createStreamDecoder(), [bytes]);
				for (const { caller, provider } of dialects) {
					const encoder = caller.createStreamEncoder(encodingContext);
					const said = encoder.push(events.filter(({ type }) => type !== "error"));
					const text = events.at(-1)?.type === "error" ? said + encoder.fail(gatewayError("PROVIDER_ERROR")) : said;
					const told = decodeAll(provider.createStreamDecoder(), [new TextEncoder().encode(text)]);
					expectWellFormed(told);
					expect(told.at(-1)?.type).toBe(events.at(-1)?.type);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it("counts as broken where one event outgrows the cap", () => {
		const decoder = dialect.provider.createStreamDecoder({ maxEventBytes: 1000 });
		const flood = Array.from({ length: 200 }, () => new TextEncoder().encode("data: ".padEnd(50, "x")));
		expect(decodeAll(decoder, flood)).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
	});
});

describe("a flood", () => {
	const count = 20_000;
	const frame = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
	const calls = Array.from({ length: count }, (_, index) => ({ index, id: `call_${index}`, function: { name: "f", arguments: "{}" } }));
	const parts = Array.from({ length: count }, (_, index) => ({ functionCall: { name: "f", id: `call_${index}`, args: {} } }));
	const floods = [
		["openai-chat: calls in one chunk", "openai-chat", frame({ choices: [{ index: 0, delta: { tool_calls: calls } }] })],
		["openai-chat: calls in as many chunks", "openai-chat", calls.map((call) => frame({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })).join("")],
		["openai-responses: items", "openai-responses", calls.map(({ index, id }) => frame({ type: "response.output_item.added", output_index: index, item: { type: "function_call", id: `fc_${id}`, call_id: id, name: "f", arguments: "" } })).join("")],
		["openai-responses: deltas of nothing that was begun", "openai-responses", calls.map(({ index }) => frame({ type: "response.output_text.delta", output_index: index, content_index: 0, delta: "x" })).join("")],
		["anthropic-messages: blocks that never end", "anthropic-messages", frame({ type: "message_start", message: {} }) + calls.map(({ index, id }) => frame({ type: "content_block_start", index, content_block: { type: "tool_use", id, name: "f", input: {} } })).join("")],
		["gemini: calls in one chunk", "gemini", frame({ candidates: [{ content: { parts } }] })],
		["gemini: calls in as many chunks", "gemini", parts.map((part) => frame({ candidates: [{ content: { parts: [part] } }] })).join("")],
	] as const;

	it.each(floods)("of %s is read in linear time", (_, id, text) => {
		const dialect = dialects.find((each) => each.id === id);
		const bytes = new TextEncoder().encode(text);
		const events = inTime(() => decodeAll((dialect ?? expect.fail("no such dialect")).provider.createStreamDecoder(), [bytes]));
		expectBounded(events, bytes.length);
		expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
	});
});
