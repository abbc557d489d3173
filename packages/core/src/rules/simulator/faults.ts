import { echo } from "./answers.ts";
import type { Scene, Script, Step } from "./script.ts";
import { open, sayText, words } from "./speech.ts";
import type { VendorErrorName } from "./vendor-error.ts";

/** An error instead of an answer. */
export function refusing(error: VendorErrorName): Script {
	return () => [{ type: "refuse", error }];
}

/** `rate-limited-3`: come back in three seconds. */
export const rateLimited: Script = ({ parameter }) => [{ type: "refuse", error: "rate-limited", retryAfterS: parameter ?? 1 }];

/** `error-503`: that status. */
export const error: Script = ({ parameter }) => [
	{ type: "refuse", error: "server-error", ...(parameter === undefined ? {} : { status: parameter }) },
];

/** Every other request fails, with 500 and 429 in turns, beginning with a failure. */
export const flaky: Script = (scene) => {
	if (scene.turn % 2 === 0) return echo(scene);
	return [{ type: "refuse", error: scene.turn % 4 === 1 ? "server-error" : "rate-limited" }];
};

/** An error as the first event of a stream that began with 200. */
export const errorInStream: Script = () => [{ type: "fail", error: "overloaded" }];

/** Some content, and then the fault. */
function afterContent(fault: Step): Script {
	return function* (scene: Scene) {
		yield* open(scene);
		for (const step of sayText(scene, words("The simulator says this much and then it"))) {
			// The part stays open: nothing follows its last piece.
			if (step.type !== "say" || step.events.every(({ type }) => type !== "text-end")) yield step;
		}
		yield fault;
	};
}

export const errorAfterStart = afterContent({ type: "fail", error: "overloaded" });
export const cut = afterContent({ type: "reset" });
export const earlyEnd = afterContent({ type: "end" });
export const stall = afterContent({ type: "wait", ms: Number.POSITIVE_INFINITY });

/** Headers, and never an event. */
export const neverStarts: Script = () => [{ type: "wait", ms: Number.POSITIVE_INFINITY }];

/** `slow-headers-200`: nothing at all for 200 ms, then an answer. */
export const slowHeaders: Script = function* (scene) {
	yield { type: "wait", ms: scene.parameter ?? 5000, beforeHeaders: true };
	yield* echo(scene);
};

export const garbage: Script = () => [{ type: "garbage", text: "<html>\u0000\ufffd{{{ data: {\"choices\": \n\nevent: ???\ndata: {not json\n\n" }];

/** A clean end where an answer should be. */
export const empty: Script = () => [{ type: "end" }];
