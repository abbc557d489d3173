import type { Failure } from "../contract/failure.ts";
import type { AttemptTrace } from "../contract/session.ts";
import type { Target } from "../rules/routing/target.ts";

/** Notes the attempts of one exchange, one after the other. */
export interface AttemptNotes {
	began(target: Target): void;
	failed(failure: Failure): void;
	/** The last one ends now, if it has not failed. */
	list(): readonly AttemptTrace[];
}

/** @param elapsedMs since the exchange began. */
export function createAttemptNotes(elapsedMs: () => number): AttemptNotes {
	const ended: AttemptTrace[] = [];
	let open: { readonly target: string; readonly startedMs: number } | undefined;

	function end(failure?: Failure): void {
		if (open === undefined) return;
		const durationMs = Math.round(elapsedMs()) - open.startedMs;
		const { kind, status } = failure ?? {};
		ended.push({ ...open, durationMs, ...(kind === undefined ? {} : { failure: kind }), ...(status === undefined ? {} : { status }) });
		open = undefined;
	}

	return {
		began(target) {
			end();
			open = { target: target.label, startedMs: Math.round(elapsedMs()) };
		},
		failed: end,
		list() {
			end();
			return ended;
		},
	};
}
