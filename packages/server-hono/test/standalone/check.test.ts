import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../../src/standalone/check.ts";
import { temporaryFolder } from "./postern-process.ts";

test.each<[string, string | undefined, Record<string, string>, number, RegExp]>([
	["nothing to complain of", "{}", {}, 0, /^ok: 127\.0\.0\.1, port 8420; providers: sim \(the simulator\)$/],
	["without a file", undefined, { OPENAI_API_KEY: "sk" }, 0, /^ok: 127\.0\.0\.1, port 8420; providers: openai$/],
	["several keys", '{"providers": {"groq": {"apiKey": ["gsk-1", "gsk-2"]}}}', { OPENAI_API_KEY: "sk" }, 0, /; providers: groq \(2 keys\), openai$/],
	["a setting of another kind", '{"providers": {"groq": {"region": "r"}}}', {}, 1, /^providers\.groq\.region: cannot be set for groq; remove it$/],
	["a file named by the environment", undefined, { POSTERN_CONFIG: "missing.json" }, 1, /^POSTERN_CONFIG: the file missing\.json cannot be read \(ENOENT\); /],
	["a warning", "{}", { POSTERN_TOKN: "x" }, 0, /^warning: POSTERN_TOKN is not a known variable: did you mean POSTERN_TOKEN\?\nok: /],
	[
		"facts of a provider that is not there",
		'{"models": {"opneai": {"gpt-4o": {"prices": {"input": 1, "output": 2}}}}}',
		{ OPENAI_API_KEY: "sk" },
		0,
		/^warning: models\.opneai counts for nothing: there is no provider "opneai"; configured: openai\nok: /,
	],
	["bad syntax", '{\n  "routes": {,}\n}', {}, 1, /^postern\.json:2:14: is not valid JSON here; /],
	["two problems", '{"colour": 1, "limits": {"streaming": -1}}', {}, 1, /^limits\.streaming: .*\ncolour: is not a known setting; .*$/],
	["what only the gateway finds", '{"surfaces": ["meta", "meta"]}', {}, 1, /^configuration: .*meta/],
])("%s", async (_name, content, env, code, expected) => {
	const file = join(temporaryFolder(), "postern.json");
	if (content !== undefined) writeFileSync(file, content);
	const lines: string[] = [];
	expect(await check(env, content === undefined ? undefined : file, (line) => lines.push(line))).toBe(code);
	expect(lines.join("\n").replaceAll(file, "postern.json")).toMatch(expected);
});
