import type { SurfaceId } from "../contract/operation.ts";
import type { RoutingTable } from "../rules/routing/plan.ts";
import type { ToolPolicy } from "../rules/tools/policy.ts";
import type { AccountServices } from "./accounts/account-services.ts";
import type { ResponseCache } from "./cache/response-cache.ts";
import type { Slots } from "./concurrency.ts";
import type { ExchangeContext } from "./exchange.ts";
import type { IdentifierPrefix } from "./identifiers.ts";
import type { KeyAuthentication } from "./key-authentication.ts";
import type { Learner } from "./learning/learner.ts";
import type { Limiter } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { SignIn } from "./sign-in/sign-in.ts";
import type { SecretBox } from "./secret-box.ts";
import type { SessionQueue } from "./session-queue.ts";
import type { StoredCredentials } from "./stored-credentials.ts";

/** What one gateway's handlers work with: built once by `createGateway`. */
export interface Services extends ExchangeContext {
	readonly routing: RoutingTable;
	readonly toolPolicy: ToolPolicy;
	readonly sessions: SessionQueue;
	readonly limits: Limiter;
	readonly learner: Learner;
	readonly metrics: Metrics;
	/** `undefined` where the gateway is to keep no answers. */
	readonly cache: ResponseCache | undefined;
	readonly keys: KeyAuthentication;
	readonly accounts: AccountServices;
	/** With accounts elsewhere; `undefined` where none is set up. */
	readonly signIn: SignIn | undefined;
	readonly credentials: StoredCredentials;
	/** Seals what has to be kept and read again; absent where the gateway has no encryption keys. */
	readonly secrets?: SecretBox;
	readonly bodyLimitBytes: number;
	/** The gateway's version, for documents. */
	readonly version: string;
	/** The surfaces that are mounted, with their prefixes. */
	readonly mounted: ReadonlyMap<SurfaceId, string>;
	slots(surface: SurfaceId, isStreamed: boolean): Slots;
	createId(prefix: IdentifierPrefix): string;
}
