import * as answers from "./answers.ts";
import * as faults from "./faults.ts";
import type { Script } from "./script.ts";

/** The simulator's models. A number behind a name (`slow-200`) is the script's parameter. */
export const models: Readonly<Record<string, Script>> = {
	echo: answers.echo,
	tools: answers.tools,
	json: answers.json,
	reasoning: answers.reasoning,
	slow: answers.slow,
	long: answers.long,
	refusal: answers.refusal,
	length: answers.length,
	prose: answers.prose,
	repair: answers.repair,
	flaky: faults.flaky,
	"rate-limited": faults.rateLimited,
	"error-500": faults.error,
	error: faults.error,
	overloaded: faults.refusing("overloaded"),
	unauthorized: faults.refusing("unauthorized"),
	"bad-request": faults.refusing("bad-request"),
	"context-length": faults.refusing("context-length"),
	"error-in-stream": faults.errorInStream,
	"error-after-start": faults.errorAfterStart,
	cut: faults.cut,
	"early-end": faults.earlyEnd,
	stall: faults.stall,
	"never-starts": faults.neverStarts,
	"slow-headers": faults.slowHeaders,
	garbage: faults.garbage,
	empty: faults.empty,
};

/** @returns `undefined` where the simulator has no such model. */
export function findModel(name: string): { readonly script: Script; readonly parameter?: number } | undefined {
	if (Object.hasOwn(models, name)) return withScript(models[name]);
	const [, base = "", digits] = /^(.+)-(\d{1,9})$/.exec(name) ?? [];
	return Object.hasOwn(models, base) ? withScript(models[base], Number(digits)) : undefined;
}

function withScript(script: Script | undefined, parameter?: number): ReturnType<typeof findModel> {
	return script === undefined ? undefined : { script, ...(parameter === undefined ? {} : { parameter }) };
}
