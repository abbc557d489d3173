import type { DialectId } from "../../contract/prompt.ts";
import type { Provider } from "../../rules/providers/provider.ts";
import type { Send } from "../../rules/providers/transport.ts";
import { models } from "../../rules/simulator/models.ts";
import { isEmbedding, isTokenCount, perform, performEmbedding, performTokenCount, type Performance, type StageContext } from "../../rules/simulator/performance.ts";
import { schedule as scheduleTimer } from "../default-runtime.ts";
import { play, type Schedule } from "./playback.ts";

export interface SimulatorOptions {
	/** What it speaks. Default `openai-chat`. */
	readonly dialect?: DialectId;
	/** Milliseconds before the first piece of an answer, and before every further one. Default 0. */
	readonly firstMs?: number;
	readonly deltaMs?: number;
	/** Told of each exchange that its asker gave up before the end. */
	readonly onCancel?: () => void;
	/** Default: timers that keep no process alive. */
	readonly schedule?: Schedule;
	/** Milliseconds since 1970, for the answers' date. */
	readonly now?: () => number;
}

export interface Simulator extends Provider {
	readonly send: Send;
	/** Exchanges under way: asked, and neither ended nor given up. */
	active(): number;
}

/**
 * A provider that answers by itself, over real wire bytes of its dialect: to try every operation without a key, and to try
 * oneself against rate limits, broken streams and slow first tokens. Its models are its list: `sim/echo`, `sim/tools`,
 * `sim/slow-200`, `sim/rate-limited`, `sim/cut`, ...
 */
export function simulator(options: SimulatorOptions = {}): Simulator {
	const { dialect = "openai-chat", firstMs = 0, deltaMs = 0, schedule = scheduleTimer, now = Date.now } = options;
	const turns = new Map<string, number>();
	let requests = 0;
	let active = 0;

	function turnOf(model: string): number {
		const turn = (turns.get(model) ?? 0) + 1;
		turns.set(model, turn);
		return turn;
	}

	return {
		dialect,
		baseUrl: "http://simulator.invalid/v1",
		headers: { "content-type": "application/json" },
		quirks: {},
		secrets: [],
		models: Object.keys(models),
		modelPrefixes: [],
		defaultModel: "echo",
		hasModelsApart: true,
		active: () => active,
		async send({ url, body = "", signal }) {
			requests++;
			const context: StageContext = { dialect, requestNumber: requests, createdAt: now(), firstMs, deltaMs, turnOf };
			const performance = performanceOf(url, body, context);
			active++;
			return play(performance, signal, schedule, (end) => {
				active--;
				if (end === "cancelled") options.onCancel?.();
			});
		},
	};
}

function performanceOf(url: string, body: string, context: StageContext): Performance {
	if (isTokenCount(url)) return performTokenCount(body, context);
	return isEmbedding(url) ? performEmbedding(body, url, context) : perform(body, url, context);
}
