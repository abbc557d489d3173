import { describe, expect, it } from "vitest";
import type { ClaudeCodeOptions, GatewayOptions } from "../../../src/node/index.ts";
import { ask, testGateway } from "../../gateway/support.ts";
import { fakeClaude, valuesOf } from "./fake.ts";

const claude = fakeClaude();

interface Case {
	readonly gateway?: GatewayOptions["tools"];
	readonly own?: ClaudeCodeOptions["tools"];
	readonly requested?: readonly string[];
}

/** The tools that a request leads to, as they stand on the command line. */
async function startedWith({ gateway, own, requested }: Case, path = "/generate-text") {
	const tested = testGateway({
		providers: { claude: claude.provider(own === undefined ? {} : { tools: own }) },
		...(gateway === undefined ? {} : { tools: gateway }),
	});
	const before = claude.started().length;
	const { status, json } = await ask(tested, path, { body: { prompt: "Hi", ...(requested === undefined ? {} : { allowedTools: requested }) } });
	const [started] = claude.started().slice(before);
	const args = started?.args ?? [];
	return {
		status,
		code: json["code"],
		tools: valuesOf(args, "--tools"),
		allowed: valuesOf(args, "--allowedTools"),
		disallowed: valuesOf(args, "--disallowedTools"),
	};
}

describe("tools on the command line", () => {
	it.each<[string, Case, Awaited<ReturnType<typeof startedWith>>]>([
		["are none where nobody named any", {}, { status: 200, code: undefined, tools: [""], allowed: undefined, disallowed: undefined }],
		["are none where only the caller named some", { requested: ["Bash", "Read"] }, { status: 200, code: undefined, tools: [""], allowed: undefined, disallowed: undefined }],
		["are the gateway's", { gateway: { allowed: ["Read", "Bash(git log:*)"] } }, { status: 200, code: undefined, tools: ["Read,Bash"], allowed: ["Read", "Bash(git log:*)"], disallowed: undefined }],
		["are the provider's own", { own: ["Read"] }, { status: 200, code: undefined, tools: ["Read"], allowed: ["Read"], disallowed: undefined }],
		["are narrowed by the caller", { gateway: { allowed: ["Read", "Glob"] }, requested: ["Glob", "Bash"] }, { status: 200, code: undefined, tools: ["Glob"], allowed: ["Glob"], disallowed: undefined }],
		["are those of the provider that the gateway allows", { gateway: { allowed: ["Read", "Glob"] }, own: ["Read", "Bash"] }, { status: 200, code: undefined, tools: ["Read"], allowed: ["Read"], disallowed: undefined }],
		["are told what is disallowed, alone too", { gateway: { disallowed: ["Bash", "WebFetch"] } }, { status: 200, code: undefined, tools: [""], allowed: undefined, disallowed: ["Bash", "WebFetch"] }],
		["lose what is disallowed", { gateway: { allowed: ["Read", "Bash"], disallowed: ["Bash"] } }, { status: 200, code: undefined, tools: ["Read"], allowed: ["Read"], disallowed: ["Bash"] }],
		["are not asked for where none is left", { gateway: { allowed: ["Read"] }, requested: ["Bash"] }, { status: 400, code: "NO_TOOLS_AVAILABLE", tools: undefined, allowed: undefined, disallowed: undefined }],
		["are never more than one for one name", { gateway: { allowed: ["Bash"] }, requested: ["Bash(ls),WebFetch", "Bash(x) Write(y)"] }, { status: 200, code: undefined, tools: [""], allowed: undefined, disallowed: undefined }],
	])("%s", async (_, asked, expected) => {
		expect(await startedWith(asked)).toEqual(expected);
	});

	it("are the same for a stream", async () => {
		const { tools, disallowed } = await startedWith({ gateway: { allowed: ["Read"], disallowed: ["Bash"] } }, "/stream");
		expect([tools, disallowed]).toEqual([["Read"], ["Bash"]]);
	});
});

it("keeps callers away from what the operator set up for himself", async () => {
	await startedWith({});
	const args = claude.started().at(-1)?.args ?? [];
	expect(args).toEqual(expect.arrayContaining(["--strict-mcp-config", "--disable-slash-commands"]));
	expect([valuesOf(args, "--permission-mode"), valuesOf(args, "--setting-sources"), valuesOf(args, "--system-prompt")]).toEqual([["dontAsk"], [""], [""]]);
});

it("shows a call of a tool that the policy forbids to nobody", async () => {
	const gateway = testGateway({ providers: { claude: claude.provider() }, tools: { allowed: ["Read"] } });
	const { json } = await ask(gateway, "/v1/prompt", { body: { prompt: "Look", model: "claude/bash" } });
	expect(json).toMatchObject({ text: "Looked" });
	const streamed = await ask(gateway, "/stream", { body: { prompt: "Look", model: "claude/bash" } });
	expect(streamed.text).toContain("TOOL_NOT_ALLOWED");
});

it("shows what a tool did that is allowed within a scope", async () => {
	const gateway = testGateway({ providers: { claude: claude.provider() }, tools: { allowed: ["Bash(ls:*)"] } });
	const { text } = await ask(gateway, "/stream", { body: { prompt: "Look", model: "claude/bash" } });
	expect(text).toContain("Looked");
	expect(text).toContain("event: result");
});
