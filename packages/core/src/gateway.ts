import { base64url } from "jose";
import { type SurfaceId, surfaceIds } from "./contract/operation.ts";
import { createAccountServices } from "./account-services.ts";
import { findSessionPrincipal } from "./effects/accounts/session-principal.ts";
import { createSignIn } from "./effects/sign-in/sign-in.ts";
import { createResponseCache } from "./effects/cache/response-cache.ts";
import { createSlots, type Slots } from "./effects/concurrency.ts";
import { defaultRuntime } from "./effects/default-runtime.ts";
import { guardedTelemetry } from "./effects/guarded-telemetry.ts";
import { createIdentifiers } from "./effects/identifiers.ts";
import { createKeyAuthentication } from "./effects/key-authentication.ts";
import { keepRetention } from "./effects/retention.ts";
import { createRetryBudgets } from "./effects/retry-budgets.ts";
import { createRunningExchanges } from "./effects/running-exchanges.ts";
import type { Runtime } from "./effects/runtime.ts";
import type { Services } from "./effects/services.ts";
import { createSecretBox } from "./effects/secret-box.ts";
import { createLearner } from "./effects/learning/learner.ts";
import { createSessionQueue } from "./effects/session-queue.ts";
import { createLimiter } from "./effects/limits.ts";
import { countingRuntime, countingStore, createMetrics } from "./effects/metrics.ts";
import { memoryStore } from "./effects/store/memory-store.ts";
import { createStoredCredentials } from "./effects/stored-credentials.ts";
import { createTargetHealth } from "./effects/target-health.ts";
import { shutDown } from "./effects/upstream-call.ts";
import { createDoor } from "./http/door.ts";
import { fetchHandler } from "./http/fetch-bridge.ts";
import { createRouterFor } from "./http/router.ts";
import { createRunningRequests } from "./http/running-requests.ts";
import type { Gateway, GatewayOptions } from "./options.ts";
import { checkOptions } from "./check-options.ts";
import { createModelTable } from "./rules/models/table.ts";
import { type Credentials, firstModel, type RoutingTable } from "./rules/routing/plan.ts";
import { routeOf } from "./rules/routing/route.ts";
import { accountsSurface } from "./surfaces/accounts/index.ts";
import { anthropicSurface } from "./surfaces/anthropic/index.ts";
import { geminiSurface } from "./surfaces/gemini/index.ts";
import { insightsSurface } from "./surfaces/insights/index.ts";
import { createMetaSurface } from "./surfaces/meta/index.ts";
import { openaiSurface } from "./surfaces/openai/index.ts";
import { promptSurface } from "./surfaces/prompt/index.ts";
import type { Surface } from "./http/surface.ts";
import { textSurface } from "./surfaces/text/index.ts";
import { uiSurface } from "./surfaces/ui/index.ts";
import { version } from "./version.ts";

/**
 * Builds a gateway: nothing is opened, connected or listened to before its first request.
 *
 * @throws {ConfigurationError} naming the option: no way of authentication chosen, a provider name that cannot stand before a slash,
 *   a route without targets or to a provider that is not there, a fact of a model that cannot be, a surface mounted twice, a limit below 0.
 */
export function createGateway(options: GatewayOptions): Gateway {
	const warnings = checkOptions(options);
	const metrics = createMetrics();
	const runtime = countingRuntime({ ...defaultRuntime(), ...options.runtime }, metrics);
	const retry = { ...defaultRetry, ...options.retry };
	const providers = credentialLists(options.providers);
	const mounted = new Map((options.surfaces ?? embeddedSurfaces).map((surface) => (typeof surface === "string" ? [surface, ""] : [surface.id, surface.prefix])));
	const surfaces: { readonly [Id in SurfaceId]: Surface<Id> } = {
		meta: createMetaSurface(),
		prompt: promptSurface,
		text: textSurface,
		openai: openaiSurface,
		anthropic: anthropicSurface,
		gemini: geminiSurface,
		ui: uiSurface,
		accounts: accountsSurface,
		insights: insightsSurface,
	};
	const store = countingStore(options.store ?? memoryStore(), metrics);
	const learner = createLearner({ store: store.learning, runtime });
	const models = createModelTable(options.models);
	const keys = createKeyAuthentication({ tenancy: store.tenancy, runtime, prefix: options.keyPrefix ?? "pst_" });
	const createId = createIdentifiers(runtime);
	const accounts = createAccountServices(options, { runtime, store, createId });
	const routing: RoutingTable = {
		providers,
		routes: Object.fromEntries(Object.entries(options.routes ?? {}).map(([alias, route]) => [alias, routeOf(route)])),
		defaultModel: options.defaultModel ?? firstModel(providers),
	};
	const secrets = options.encryptionKeys === undefined ? undefined : createSecretBox(options.encryptionKeys, runtime);
	const services: Services = {
		runtime,
		store,
		keys,
		clocks: { ...defaultClocks, ...options.clocks },
		retry,
		routing,
		models,
		health: createTargetHealth(runtime.now, options.cooldown !== false),
		retries: createRetryBudgets(retry, runtime.now),
		toolPolicy: options.tools ?? {},
		sessions: createSessionQueue(),
		exchanges: createRunningExchanges(),
		bodyLimitBytes: options.bodyLimitBytes ?? defaultBodyLimitBytes,
		version,
		mounted,
		slots: createSlotTable(options.limits),
		limits: createLimiter({ runtime, store, models }),
		learner,
		metrics,
		cache: createResponseCache(options.cache, routing.routes, runtime),
		accounts,
		signIn: signInOf(options, mounted.get("accounts") ?? "", runtime),
		...(secrets === undefined ? {} : { secrets }),
		credentials: createStoredCredentials({ credentials: store.credentials, secrets, routing, runtime }),
		createId,
		telemetry: options.telemetry === undefined ? undefined : guardedTelemetry(options.telemetry, telemetryWarnings(runtime)),
	};
	const running = createRunningRequests(runtime);
	const endRetention = keepRetention(options.retention ?? {}, store, runtime);
	const handle = createDoor({
		services,
		router: createRouterFor(mounted),
		authentication: {
			token: options.token === "" ? undefined : options.token,
			identify: options.identify,
			isDisabled: options.auth === false || options.token === "",
			findKey: keys.find,
			...(mounted.has("accounts") ? { findUser: (request, presented) => findSessionPrincipal(request, presented, accounts, store) } : {}),
		},
		surface: (id) => surfaces[id],
		running,
		cors: options.cors,
		trustedProxies: options.trustProxy ?? 0,
	});
	for (const message of warnings) runtime.observe({ type: "warning", message });

	return {
		handle,
		fetch: fetchHandler(handle, options.basePath === undefined ? {} : { mountPath: options.basePath }),
		warnings,
		async close({ deadlineMs = defaultDeadlineMs } = {}) {
			await running.close(deadlineMs, () => services.exchanges.stopAll(shutDown));
			await keys.close();
			await endRetention();
			await flushed(services.telemetry, runtime);
			await services.cache?.store.close?.();
			await learner.close();
			await store.close();
		},
	};
}

/** Waits until telemetry has sent what it holds; one that cannot (nobody listens there) holds nothing up. */
async function flushed(telemetry: Services["telemetry"], { schedule }: Pick<Runtime, "schedule">): Promise<void> {
	if (telemetry?.flush === undefined) return;
	const { promise: late, resolve } = Promise.withResolvers<void>();
	const cancel = schedule(telemetryGraceMs, resolve);
	await Promise.race([telemetry.flush(), late]);
	cancel();
}
const telemetryGraceMs = 2000;

/** A tool that fails once fails at every request: the first time says it all. */
function telemetryWarnings({ observe }: Pick<Runtime, "observe">): (error: unknown) => void {
	let isTold = false;
	return (error) => {
		if (isTold) return;
		isTold = true;
		observe({ type: "warning", message: `telemetry has thrown, and may not tell of all: ${error instanceof Error ? error.message : String(error)}` });
	};
}

/** Without secrets of its own a sign-in lives as long as the process: it takes minutes. */
function signInOf({ signIn, sessions }: GatewayOptions, prefix: string, runtime: Runtime): Services["signIn"] {
	if (signIn === undefined) return undefined;
	return createSignIn({ options: signIn, prefix, secrets: sessions?.secrets ?? [base64url.encode(runtime.randomBytes(32))] }, runtime);
}

/** The others are mounted by name: no app should grow an API by accident. */
const embeddedSurfaces: readonly SurfaceId[] = ["meta", "prompt", "text", "openai", "anthropic"];
const defaultBodyLimitBytes = 10 * 1024 * 1024;
const defaultDeadlineMs = 10_000;
const defaultClocks = { connectMs: 10_000, firstEventMs: 120_000, answerMs: 600_000, idleMs: 60_000, totalMs: 600_000 };
const defaultRetry = {
	attemptsPerTarget: 3,
	attemptsInAll: 6,
	baseDelayMs: 500,
	maxDelayMs: 8000,
	budgetRatio: 0.2,
	budgetPerSecond: 10,
	concurrentRetries: 50,
};
/** The text surface's own, by the fourth API document. */
const defaultTextLimits = { streaming: 3, nonStreaming: 5 };

function credentialLists(providers: GatewayOptions["providers"]): RoutingTable["providers"] {
	return Object.fromEntries(
		Object.entries(providers).flatMap(([name, given]): [string, Credentials][] => {
			const [first, ...rest] = [given].flat();
			return first === undefined ? [] : [[name, [first, ...rest]]];
		}),
	);
}

function createSlotTable(limits: GatewayOptions["limits"] = {}): Services["slots"] {
	const streamed = new Map<SurfaceId, Slots>();
	const whole = new Map<SurfaceId, Slots>();
	for (const surface of surfaceIds) {
		const { streaming, nonStreaming } = surface === "text" ? { ...defaultTextLimits, ...limits.surfaces?.text, ...limits } : (limits.surfaces?.[surface] ?? {});
		streamed.set(surface, createSlots(streaming));
		whole.set(surface, createSlots(nonStreaming));
	}
	return (surface, isStreamed) => (isStreamed ? streamed : whole).get(surface) ?? createSlots(undefined);
}
