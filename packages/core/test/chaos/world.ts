import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { anthropic, gemini, type ObservedEvent, openai, type Send, simulator, type Store, surfaceIds, type UsageRecord } from "@postern/core";
import { createGateway, nodeHandler, nodeRuntime, sqliteStore } from "@postern/core/node";
import { startProviderStandIn } from "../../src/testing/node/provider-stand-in.ts";
import { badDeeds, type Deed, goodDeeds } from "./deeds.ts";
import { createDice } from "./dice.ts";
import { countExchanges, countTimers, gather } from "./meters.ts";

/** A gateway on a socket, before three providers on sockets of their own that do what the dice say. */
export interface World {
	readonly port: number;
	readonly store: Store;
	/** The credential towards the providers: nobody may ever see it. */
	readonly secret: string;
	/** When everybody is there. */
	readonly begun: Promise<void>;
	/** What was done with each attempt of a caller, in order. */
	deedsOf(caller: string): readonly Deed[];
	attempts(): number;
	readonly observed: readonly ObservedEvent[];
	/** What each request and each attempt hung on: nothing may hold on to it when they are over. */
	readonly traces: readonly WeakRef<object>[];
	/** The most attempts that were under way at once. */
	peak(): number;
	/** How many deadlines passed after their exchange was over. */
	overdue(records: readonly UsageRecord[]): number;
	/** What is still going on, all of which must come to nothing. */
	pending(): { readonly attempts: number; readonly answers: number; readonly timers: number; readonly connections: number };
	close(): Promise<void>;
}

export const routes = {
	first: ["openai/any", "anthropic/any", "gemini/any"],
	second: ["anthropic/any", "gemini/any", "openai/any"],
	third: ["gemini/any", "openai/any", "anthropic/any"],
};
export const attemptsInAll = 5;
/** Of each of the three providers: retries that every exchange and every second earn. */
export const budget = { budgetRatio: 0.1, budgetPerSecond: 0.5 };
/** Streams of the text surface at once: the one place where callers are turned away. */
export const textSlots = 60;

export interface WorldOptions {
	readonly seed: string;
	/** Of the attempts that go wrong, between 0 and 1. */
	readonly badShare: number;
	/** How long a provider may be silent. */
	readonly patienceMs: number;
	/** Whether answers are looked into, instead of passing where caller and provider speak the same. */
	readonly isLookedInto: boolean;
	/** How many ask at once. */
	readonly callers: number;
	/** The database. */
	readonly path: string;
}

export async function openWorld({ seed, badShare, patienceMs, isLookedInto, callers, path }: WorldOptions): Promise<World> {
	const vendors = await Promise.all([startProviderStandIn(), startProviderStandIn(), startProviderStandIn()]);
	const [first, second, third] = vendors;
	const { apiKey } = first;
	const wall = createServer((socket) => void socket.on("error", () => {}).once("data", () => socket.resetAndDestroy()));
	await listen(wall);
	const nowhere = createServer();
	await listen(nowhere);
	const nowherePort = portOf(nowhere);
	await close(nowhere);

	const done = new Map<string, Deed[]>();
	const traces: WeakRef<object>[] = [];
	let attempts = 0;
	const inner = nodeRuntime();
	const crowd = gather(callers);
	const { send: counted, ...underWay } = countExchanges(inner.send, crowd);
	const send: Send = (request) => {
		const caller = /caller-([\d.]+);/.exec(request.body ?? "")?.[1] ?? "";
		const before = done.get(caller) ?? [];
		const dice = createDice(`${seed} ${caller} attempt ${before.length}`);
		const deed = dice.pick(dice.next() < badShare ? badDeeds : goodDeeds, ({ weight }) => weight);
		done.set(caller, [...before, deed]);
		attempts++;
		traces.push(new WeakRef(request.signal));
		const detour = deed.model === "wall" ? portOf(wall) : deed.model === "nowhere" ? nowherePort : undefined;
		const url = request.url.replace("/models/any:", `/models/${deed.model}:`);
		return counted({
			...request,
			url: detour === undefined ? url : url.replace(/:\d+\//, `:${detour}/`),
			...(request.body === undefined ? {} : { body: request.body.replace('"model":"any"', `"model":"${deed.model}"`) }),
		});
	};

	const totalMs = 3 * patienceMs;
	const timers = countTimers(inner.schedule, crowd);
	const observed: ObservedEvent[] = [];
	const store = sqliteStore(path);
	const gateway = createGateway({
		providers: {
			openai: twice(() => openai({ apiKey, baseUrl: first.openaiBaseUrl, models: ["any"] })),
			anthropic: twice(() => anthropic({ apiKey, baseUrl: second.anthropicBaseUrl, models: [] })),
			gemini: twice(() => gemini({ apiKey, baseUrl: third.geminiBaseUrl, models: [] })),
			// No storm reaches this one.
			calm: simulator(),
		},
		routes,
		surfaces: surfaceIds,
		store,
		identify(request) {
			if (typeof request.original === "object" && request.original !== null) traces.push(new WeakRef(request.original));
			return { kind: "host", id: request.header("x-caller") ?? "nobody" };
		},
		tools: isLookedInto ? { disallowed: ["Bash"] } : {},
		limits: { streaming: textSlots, nonStreaming: textSlots },
		clocks: { firstEventMs: patienceMs, idleMs: patienceMs, totalMs },
		retry: { attemptsPerTarget: 2, attemptsInAll, baseDelayMs: 20, maxDelayMs: 200, ...budget },
		runtime: { send, schedule: timers.schedule, observe: (event) => void observed.push(event) },
	});
	const server = createHttpServer(nodeHandler(gateway));
	// Who is refused at the door makes no attempt.
	server.on("request", (_, response) => response.once("close", crowd.excuse));
	await listen(server);
	let connections = 0;
	server.on("connection", (socket) => {
		connections++;
		socket.once("close", () => connections--);
	});

	return {
		port: portOf(server),
		store,
		secret: apiKey,
		begun: crowd.complete,
		deedsOf: (caller) => done.get(caller) ?? [],
		attempts: () => attempts,
		observed,
		traces,
		peak: underWay.peak,
		overdue: (records) => timers.fired(totalMs) - records.filter(({ durationMs }) => durationMs >= totalMs * 0.9).length,
		pending: () => ({ attempts: underWay.active(), answers: vendors.reduce((sum, vendor) => sum + vendor.active(), 0), timers: timers.active(), connections }),
		async close() {
			await gateway.close();
			await Promise.all([close(server), close(wall), ...vendors.map((vendor) => vendor.close())]);
		},
	};
}

/** Two credentials, as a team has them that outgrew one. */
function twice<Value>(make: () => Value): readonly Value[] {
	return [make(), make()];
}

async function listen(server: Server): Promise<void> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
}
async function close(server: Server): Promise<void> {
	server.close();
	await once(server, "close");
}
function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}
