import { defaultRuntime } from "../../../src/effects/default-runtime.ts";
import { createLearner } from "../../../src/effects/learning/learner.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { emptyState, type LearnState, whatIsLearnt } from "../../../src/rules/routing/learn/index.ts";

/**
 * A process of its own for the tests: `learning-writer.ts <file> <name> <outcomes> <all>`. Learns so many outcomes, a few at a time,
 * prints `learnt`, and `knows` when its learner knows of all that every process has learnt.
 */
const [path = "", name = "", outcomes = "0", all = "0"] = process.argv.slice(2);
const store = sqliteStore({ path, maintenanceDelayMs: 5 });
const learner = createLearner({ store: store.learning, runtime: { ...defaultRuntime(), observe: (event) => process.stderr.write(`${JSON.stringify(event)}\n`) } });
const lesson = whatIsLearnt(emptyState, { kind: "choice", target: "words/m", context: "s----", ok: true, expected: {}, exploratory: false }, 1);
const scope = { projectId: "prj_1", route: "smart" };

const expected = { latencyMs: 1000, costMicroUsd: 100 };
for (let at = 0; at < Number(outcomes); at += 1) {
	learner.learn(scope, { kind: "choice", target: `${name}/m`, context: "s----", ok: true, latencyMs: 900, tokensOut: 5, expected, exploratory: false }, Date.now());
	// Words on the same answers from everywhere: each answer counts once.
	await store.learning.putFeedback({ requestId: `req_${at}`, score: 0.5, at: Date.now() }, (before) =>
		before === undefined ? { scope: { ...scope, route: "words" }, learnt: lesson } : undefined,
	);
	if (at % 5 === 0) await learner.refresh(scope);
}
process.stdout.write("learnt\n");
while (calls((await learner.knowledge(scope)).state) < Number(all)) await new Promise((resolve) => setTimeout(resolve, 20));
process.stdout.write("knows\n");
await learner.close();
await store.close();

function calls({ targets }: LearnState): number {
	return Object.values(targets).reduce((sum, { totals }) => sum + totals.calls, 0);
}
