import { describe, expect, it } from "vitest";
import { firstSpokenLine, isSessionUnknown } from "../../../../src/rules/dialects/claude-code/own-metadata.ts";
import { init, result, start, status } from "./lines.ts";

const json = (...lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const lost = { ...result(), subtype: "error_during_execution", is_error: true, errors: ["No conversation found with session ID: x"] };

describe("the first line that says something", () => {
	it.each([
		["is not there yet", json(init, status), undefined],
		["has to be whole", json(init) + JSON.stringify(start()), undefined],
		["stands behind how the run is set up", json(init, status, start(), result()), JSON.stringify(start())],
		["may be the first", json(lost), JSON.stringify(lost)],
		["need not be JSON", "\nWarning\n", "Warning"],
	])("%s", (_, output, expected) => {
		expect(firstSpokenLine(output)).toBe(expected);
	});
});

it.each([
	["a result that says so", JSON.stringify(lost), "", true],
	["standard error alone, of older versions", "", "No conversation found with session ID: x\n", true],
	["an answer that speaks of it", JSON.stringify(result({ result: "No conversation found with session ID: x" })), "", false],
	["another failure", JSON.stringify({ ...lost, errors: ["x"] }), "", false],
	["no line", "", "", false],
])("a session is unknown by %s", (_, line, stderr, expected) => {
	expect(isSessionUnknown(line, stderr)).toBe(expected);
});
