import { memoryStore, simulator, type Gateway, type GatewayOptions, type ObservedEvent, type UsageRecord } from "../../../src/index.ts";
import type { Send } from "../../../src/rules/providers/transport.ts";
import { ask, type Asked, type AskOptions, eventsOf, testGateway, token } from "../support.ts";

export interface World {
	readonly gateway: Gateway;
	readonly observed: ObservedEvent[];
	/** How many requests for answers, and for vectors, reached the provider. */
	calls(): number;
	embeddings(): number;
	/** How many are under way there. */
	active(): number;
	passTime(ms: number): void;
	ask(path: string, options?: AskOptions & { readonly cache?: string }): Promise<Asked>;
	/** The ledger's records, once nothing runs any more. */
	records(): Promise<readonly UsageRecord[]>;
}

/** A gateway whose provider counts, and whose clock stands still; `before` can hold back or fail what is sent. */
export function world(options: Partial<GatewayOptions> = {}, before: (call: number) => Promise<void> | void = () => {}): World {
	const sim = simulator();
	const store = options.store ?? memoryStore();
	const observed: ObservedEvent[] = [];
	let now = Date.UTC(2026, 10, 1);
	let calls = 0;
	let embeddings = 0;
	const counted: Send = async (request) => {
		if (request.url.includes("/embeddings")) embeddings++;
		else {
			calls++;
			await Promise.race([before(calls), aborted(request.signal)]);
		}
		return sim.send(request);
	};
	const gateway = testGateway({
		providers: { sim: { ...sim, send: counted } },
		models: { sim: { echo: { prices: { input: 1, output: 2 } } } },
		surfaces: ["meta", "prompt", "text", "openai", "anthropic", "gemini", "ui"],
		runtime: { now: () => now, observe: (event) => void observed.push(event) },
		limits: { streaming: 1000, nonStreaming: 1000 },
		store,
		...options,
	});
	return {
		gateway,
		observed,
		calls: () => calls,
		embeddings: () => embeddings,
		active: () => sim.active(),
		passTime(ms) {
			now += ms;
		},
		ask: (path, { cache = "on", ...asked } = {}) => ask(gateway, path, { ...asked, headers: { "x-postern-cache": cache, authorization: `Bearer ${token}`, ...asked.headers } }),
		records: () => store.listUsage({ limit: 1000 }),
	};
}

/** Lets everything run that is ready to, so many times. */
export async function turns(count: number): Promise<void> {
	for (let turn = 0; turn < count; turn++) {
		// A request's key is hashed by another thread: whoever was asked before has its hash when this one is there.
		await crypto.subtle.digest("SHA-256", new Uint8Array(1024));
		await new Promise((resolve) => setImmediate(resolve));
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** A promise that is settled by hand. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { passed: promise, open: resolve };
}

/** The words of the prompt surface's answer alone: whoever comes when a shared call has ended is told them in other pieces. */
export function said({ text, json }: Asked): unknown {
	return json.text ?? eventsOf(text).map(({ data }) => data).join("");
}
