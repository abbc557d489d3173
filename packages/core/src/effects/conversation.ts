import type { SurfaceId } from "../contract/operation.ts";
import type { Principal } from "../contract/principal.ts";
import type { Prompt } from "../contract/prompt.ts";
import type { Answer } from "../contract/stream-event.ts";
import type { Review } from "../rules/output/review.ts";
import type { ModelRequest } from "../rules/routing/plan.ts";
import type { Target } from "../rules/routing/target.ts";
import type { PassThroughRequest } from "./attempt.ts";

/** One prompt of one caller, before anything is decided about it. */
export interface Conversation extends ModelRequest {
	readonly requestId: string;
	readonly surface: SurfaceId;
	readonly operation: string;
	readonly principal: Principal;
	readonly signal: AbortSignal;
	readonly prompt: Prompt;
	/** Narrows the gateway's tool policy. */
	readonly allowedTools?: readonly string[] | undefined;
	/** Stands in the ledger. */
	readonly sessionId?: string;
	readonly review?: (answer: Answer, isLast: boolean) => Review;
	readonly pass?: PassThroughRequest;
	readonly keep?: (answer: Answer, target: Target) => Promise<void>;
	/** The label of the target of the session's last turn. */
	readonly lastTarget?: string | undefined;
	/** What was said before comes from a session: to ask again there is to want another answer, which no cache gives. */
	readonly continuesSession?: boolean;
	/** The caller's `x-postern-cache`. */
	readonly cacheControl?: string | undefined;
	/** The caller wants to know why this target was asked. */
	readonly isExplained?: boolean;
}
