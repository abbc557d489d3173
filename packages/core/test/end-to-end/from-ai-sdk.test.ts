import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DialectId } from "../../src/contract/prompt.ts";
import { type AiSdkModel, fromAiSdk } from "../../src/index.ts";
import { testGateway, token } from "../gateway/support.ts";
import { caseIds, type CaseId, cases } from "../matrix/cases.ts";
import { type Cell, cellProviders, openCellBefore, type ProviderName } from "../matrix/cell.ts";
import { type CallerId, callerIds } from "../matrix/clients.ts";
import { gapOf } from "../matrix/gaps.ts";

/** A package of the AI SDK, and the dialect that it speaks to the provider behind it. */
interface AiSdkPackage {
	readonly dialect: DialectId;
	makeModel(fetch: typeof globalThis.fetch, modelId: string): AiSdkModel;
}

const origin = { baseURL: "http://provider.test/v1", apiKey: token };

const packages: Readonly<Record<string, AiSdkPackage>> = {
	"@ai-sdk/openai (chat)": { dialect: "openai-chat", makeModel: (fetch, id) => createOpenAI({ ...origin, fetch }).chat(id) },
	"@ai-sdk/openai (responses)": { dialect: "openai-responses", makeModel: (fetch, id) => createOpenAI({ ...origin, fetch })(id) },
	"@ai-sdk/anthropic": { dialect: "anthropic-messages", makeModel: (fetch, id) => createAnthropic({ ...origin, fetch })(id) },
	"@ai-sdk/openai-compatible": {
		dialect: "openai-chat",
		makeModel: (fetch, id) => createOpenAICompatible({ ...origin, name: "vendor", includeUsage: true, supportsStructuredOutputs: true, fetch })(id),
	},
};

/** A gateway whose providers are models of the AI SDK, whose provider is a gateway with the simulator. */
function openAiSdkCell(caller: CallerId, { dialect, makeModel }: AiSdkPackage): Cell {
	const behind = cellProviders(dialect);
	const gateway = testGateway({ providers: behind, surfaces: ["openai", "anthropic"], retry: { attemptsPerTarget: 1 } });
	const fetch: typeof globalThis.fetch = (input, init) => gateway.fetch(new Request(input, init));
	const provider = (name: ProviderName) => fromAiSdk((id) => makeModel(fetch, `${name}/${id}`));
	const cell = openCellBefore(caller, { sim: provider("sim"), whole: provider("whole"), streamed: provider("streamed") }, () => behind.sim.active());
	return {
		...cell,
		async close() {
			await cell.close();
			await gateway.close({ deadlineMs: 0 });
		},
	};
}

/** What cannot be, and why: what a surface has no words for, and what a package of the AI SDK leaves out. */
function gap(caller: CallerId, name: string, id: CaseId): string | undefined {
	if (caller === "text" || caller === "prompt") return gapOf(caller, "openai-chat", id);
	if (id === "stop sequence" && (caller === "responses" || name.includes("responses"))) return "OpenAI's responses have no stop sequences.";
	if (id === "picture in the answer") return "No package here reads pictures in an answer.";
	return name === "@ai-sdk/openai (chat)" && id.startsWith("reasoning") ? "The package reads no thoughts in chat completions." : undefined;
}

const pairs = Object.keys(packages).flatMap((name) => callerIds.map((caller) => [caller, name] as const));

describe.each(pairs)("%s before %s", (caller, name) => {
	let cell: Cell;
	beforeAll(() => {
		cell = openAiSdkCell(caller, packages[name] ?? expect.fail("no package"));
	});
	afterAll(() => cell.close());

	for (const id of caseIds) {
		const reason = gap(caller, name, id);
		if (reason === undefined) it(id, () => cases[id](cell));
		else it(`no ${id}: ${reason}`, () => expect(cases[id](cell)).rejects.toThrow());
	}
});
