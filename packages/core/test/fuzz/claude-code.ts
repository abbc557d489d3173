import fc from "fast-check";
import type { Json } from "../../src/contract/json.ts";
import { claudeCode } from "../../src/rules/dialects/claude-code/index.ts";
import { arbitraryAnswer } from "../rules/dialects/arbitraries.ts";
import { retry, toolResult } from "../rules/dialects/claude-code/lines.ts";
import { linesOf, resultOf, wholeLinesOf } from "../rules/dialects/claude-code/stand-in.ts";
import type { FuzzedProvider } from "./dialects.ts";
import { hostileText, hostileValue, mutatedJson } from "./hostile.ts";

/** Claude Code tells Claude's answers, in lines of its own. */
const answers = arbitraryAnswer("anthropic-messages");

/** One thing done to the lines of a stream. */
const cut = fc.record({ kind: fc.constantFrom("delete", "repeat", "swap", "truncate", "rewrite", "rewrite", "insert"), place: fc.nat(), other: fc.nat() });

const oddLine = fc.oneof(
	fc.constantFrom<Json>(retry, toolResult("call_1", "x"), { type: "postern_process", reason: "exit" }, { type: "stream_event" }, { type: "result" }, { type: "assistant" }).map((line) => JSON.stringify(line)),
	fc.tuple(fc.constantFrom("stream_event", "assistant", "user", "result", "system", "postern_process"), hostileValue()).map(([type, value]) =>
		`{"type":"${type}","event":${hostileText(value)},"message":${hostileText(value)},"usage":${hostileText(value)}}`),
	hostileValue().map(hostileText),
	fc.string(),
);

const brokenStreams = fc
	.oneof(answers.map(linesOf), answers.map(wholeLinesOf))
	.chain((lines) => fc.tuple(fc.constant(lines.map((line) => JSON.stringify(line))), fc.array(cut, { minLength: 1, maxLength: 4 }), oddLine, fc.tuple(...lines.map((line) => mutatedJson(line).map(hostileText)))))
	.map(([written, cuts, odd, changed]) => {
		let lines: readonly string[] = written;
		for (const { kind, place, other } of cuts) {
			const at = place % Math.max(lines.length, 1);
			const line = lines[at] ?? odd;
			if (kind === "delete") lines = lines.toSpliced(at, 1);
			else if (kind === "repeat") lines = lines.toSpliced(at, 0, line);
			else if (kind === "insert") lines = lines.toSpliced(at, 0, odd);
			else if (kind === "truncate") lines = [...lines.slice(0, at), line.slice(0, other % (line.length + 1))];
			else if (kind === "rewrite") lines = lines.with(at, changed[place % changed.length] ?? odd);
			else lines = lines.with(at, lines[other % lines.length] ?? odd).with(other % lines.length, line);
			if (lines.length === 0) lines = [odd];
		}
		return new TextEncoder().encode(lines.join("\n"));
	});

export const fuzzedClaudeCode: FuzzedProvider = { id: "claude-code", provider: claudeCode, answers: answers.map(resultOf), brokenStreams };
