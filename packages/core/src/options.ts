import type { SurfaceId } from "./contract/operation.ts";
import type { Identify } from "./contract/principal.ts";
import type { RouteDefinition } from "./contract/route.ts";
import type { ResponseCacheOptions } from "./effects/cache/response-cache.ts";
import type { Runtime } from "./effects/runtime.ts";
import type { Retention } from "./effects/retention.ts";
import type { EncryptionKeys } from "./effects/secret-box.ts";
import type { SignInOptions } from "./effects/sign-in/options.ts";
import type { Store } from "./effects/store/store.ts";
import type { Telemetry } from "./effects/telemetry.ts";
import type { GatewayRequest, Reply } from "./http/reply.ts";
import type { ModelOverrides } from "./rules/models/overrides.ts";
import type { Provider } from "./rules/providers/provider.ts";

/** What `createGateway` takes. @see createGateway for what is checked. */
export interface GatewayOptions {
	/**
	 * By name: the `openai` in `openai/gpt-4o-mini`. Names are `[a-z0-9][a-z0-9_-]*`. A list is one provider with several credentials
	 * (or regions): requests are spread over them, and where one is refused or at its limit, the next is asked.
	 */
	readonly providers: Readonly<Record<string, Provider | readonly Provider[]>>;
	/** Model aliases with targets (`provider/model`): another one is tried where one fails before it said anything. */
	readonly routes?: Readonly<Record<string, RouteDefinition>>;
	/** What answers where the caller names no model: `provider/model` or a route. Default: the first provider's own. */
	readonly defaultModel?: string;
	/**
	 * What is known of models better than by the table that comes with this package: prices, limits, abilities, by the provider's name
	 * and the model's. Lies over the table field by field.
	 */
	readonly models?: ModelOverrides;
	/** The gateway's tool policy: requests can only narrow it. */
	readonly tools?: { readonly allowed?: readonly string[]; readonly disallowed?: readonly string[] };
	readonly limits?: LimitOptions;
	/** Default: meta, prompt, text, openai, anthropic, each at the root. Others (gemini, ui) are mounted by name. */
	readonly surfaces?: readonly (SurfaceId | { readonly id: SurfaceId; readonly prefix: string })[];
	/** Stripped from the paths that `fetch` is given, where no framework did so (`/api/ai`). */
	readonly basePath?: string;
	/** How long usage records, their sums and the audit log are kept. Default: as long as the store holds them. */
	readonly retention?: Retention;
	/** Default: a store in memory, gone with the process. */
	readonly store?: Store;
	/** Replaces parts of the runtime: transport, clock, randomness, log. */
	readonly runtime?: Partial<Runtime>;
	/** The operator's token. Empty: no authentication, with a warning. `undefined`, as of a variable that is not set, is no choice. */
	readonly token?: string | undefined;
	/** The embedding app's own login: who is this? `undefined` means nobody it knows (401). */
	readonly identify?: Identify;
	/** What virtual keys begin with: small letters, digits, `-`, `_`, with a `_` at the end. Default `pst_`. Keys made with another one stay valid. */
	readonly keyPrefix?: string;
	/**
	 * Seal the credentials of providers that are stored. 32 bytes as base64 each: the first one seals, all of them open. A function is
	 * asked again where a key is met that it did not name before. Without keys nothing is stored (501).
	 */
	readonly encryptionKeys?: EncryptionKeys;
	/** `false`: no authentication, on purpose. */
	readonly auth?: false;
	/** Of the accounts surface. */
	readonly accounts?: AccountOptions;
	/** Sign-in with accounts that people have elsewhere. */
	readonly signIn?: SignInOptions;
	/** How people stay signed in. */
	readonly sessions?: SessionOptions;
	/** Pages of other origins whose scripts may call the gateway. Default: none. */
	readonly cors?: CorsOptions;
	/**
	 * How many proxies stand in front of the gateway: who asks is then read from what they add to `x-forwarded-for`, `-proto` and `-host`.
	 * Default 0: these headers are the caller's own, and not believed.
	 */
	readonly trustProxy?: number;
	/** Largest request body in bytes. Default 10 MiB. */
	readonly bodyLimitBytes?: number;
	readonly clocks?: Partial<ClockOptions>;
	readonly retry?: Partial<RetryOptions>;
	/** How answers are kept. Default: those of requests that ask for it by `x-postern-cache`, for five minutes. `false`: none. */
	readonly cache?: ResponseCacheOptions | false;
	/** Who is told of each exchange and attempt, such as `openTelemetry()` of `@postern/core/opentelemetry`. Default: nobody, at no cost. */
	readonly telemetry?: Telemetry;
	/** `false`: targets that fail never rest, every request tries them anew. For a provider that is a balancer itself. */
	readonly cooldown?: false;
}

/** Concurrent requests; 0 refuses all. The text surface has 3 streaming and 5 other ones unless told otherwise, other surfaces none. */
export interface LimitOptions {
	readonly streaming?: number;
	readonly nonStreaming?: number;
	/** For other surfaces than `text`. */
	readonly surfaces?: Partial<Readonly<Record<SurfaceId, { readonly streaming?: number; readonly nonStreaming?: number }>>>;
}

export interface AccountOptions {
	/** `closed`: nobody can register. Default `open`. */
	readonly registration?: "open" | "closed";
}

export interface SessionOptions {
	/**
	 * What session tokens are signed with, each at least 32 characters: the first signs, all verify, so that a new one is put in front and an
	 * old one taken away once its sessions are over. Default: a random one, and everybody is signed out when the process ends.
	 */
	readonly secrets?: readonly string[];
	/** Default `postern_session`. With the prefix `__Host-` browsers let no other domain set it, and take it over https only. */
	readonly cookieName?: string;
	/** How long somebody stays signed in. Default 14 days. */
	readonly maxAgeMs?: number;
	/** Whether the cookie goes over https only. Default: where the request came by https. */
	readonly secure?: boolean;
	/** `none`, over https, for pages of other sites. Default `lax`. */
	readonly sameSite?: "lax" | "strict" | "none";
}

export interface CorsOptions {
	/** As browsers write them: `https://app.example.com`. */
	readonly origins: readonly string[];
	/** How long a browser may remember the answer to its question. Default 10 minutes. */
	readonly maxAgeMs?: number;
}

/** Milliseconds of one attempt, `totalMs` of the whole exchange with all its attempts. */
export interface ClockOptions {
	/** Default 10 s. */
	readonly connectMs: number;
	/** From the request to the first event of a stream. Default 120 s. */
	readonly firstEventMs: number;
	/** From the request to the whole answer, where none is streamed. Default 600 s. */
	readonly answerMs: number;
	/** Between two reads of a stream. Default 60 s. */
	readonly idleMs: number;
	/** Default 600 s. */
	readonly totalMs: number;
}

export interface RetryOptions {
	/** Attempts on one target, the first included. Default 3. */
	readonly attemptsPerTarget: number;
	/** Attempts of one exchange over all targets. Default 6. */
	readonly attemptsInAll: number;
	/** Full jitter between 0 and `min(maxDelayMs, baseDelayMs * 2 ** retry)`. Defaults 500 and 8000. */
	readonly baseDelayMs: number;
	readonly maxDelayMs: number;
	/**
	 * The retry budget of each provider: every exchange earns `budgetRatio` retries (default 0.2) and every second `budgetPerSecond`
	 * (default 10, saved up for ten seconds). Fallbacks to other targets cost nothing.
	 */
	readonly budgetRatio: number;
	readonly budgetPerSecond: number;
	/** The most retries at once towards one provider, their waiting included. Default 50. */
	readonly concurrentRetries: number;
}

export interface Gateway {
	/** The whole gateway as a fetch handler. Never rejects. */
	fetch(request: Request): Promise<Response>;
	/** The same without web objects: for adapters. Never rejects. */
	handle(request: GatewayRequest): Promise<Reply>;
	/** What the operator should know of the configuration. */
	readonly warnings: readonly string[];
	/**
	 * Takes no new requests (503 `SHUTTING_DOWN`), waits for the running ones, cancels what still runs after `deadlineMs`
	 * (default 10 s), flushes and closes the store.
	 */
	close(options?: { readonly deadlineMs?: number }): Promise<void>;
}
