import { type Agent, type IncomingMessage, request as send } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type CallerId, callerIds, clients } from "../matrix/clients.ts";
import { createDice } from "./dice.ts";
import { routes, type World } from "./world.ts";

/** What one caller asks, and how. */
export interface Caller {
	/** `17.1` is the second try of caller 17. */
	readonly id: string;
	readonly kind: CallerId;
	readonly isStreamed: boolean;
	readonly route: string;
	readonly prompt: string;
	readonly manner: Manner;
}
type Manner =
	| { readonly type: "patient" }
	/** Takes a rest after each read. */
	| { readonly type: "slow"; readonly restMs: number }
	/** Hangs up so long after everybody asked, or once so much of the answer is there. */
	| { readonly type: "hasty"; readonly afterMs: number }
	| { readonly type: "fickle"; readonly afterBytes: number };

/** What a caller saw. */
export interface Seen {
	/** Absent where the caller had hung up before the answer began. */
	readonly status?: number;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
	/** `broken`: the connection ended before the answer did. */
	readonly end: "whole" | "hung-up" | "broken";
}

const words = ["Grüezi", "sum", "of\nlines", "👩‍🚀", "data:", "\\u0000", "{\"x\": 1}", "naïve", "东京", "end"];

export function planCaller(seed: string, id: string, isStreamed: boolean): Caller {
	const dice = createDice(`${seed} caller ${id}`);
	const manners: readonly (readonly [number, () => Manner])[] = [
		[65, () => ({ type: "patient" })],
		[15, () => ({ type: "slow", restMs: 1 + dice.below(15) })],
		[10, () => ({ type: "hasty", afterMs: dice.below(1000) })],
		[10, () => ({ type: "fickle", afterBytes: dice.below(4000) })],
	];
	const kind = dice.pick(callerIds);
	const route = dice.pick(Object.keys(routes));
	const prompt = [`caller-${id};`, ...Array.from({ length: 1 + dice.below(12) }, () => dice.pick(words))].join(" ");
	const [, manner] = dice.pick(manners, ([weight]) => weight);
	return { id, kind, isStreamed, route, prompt, manner: manner() };
}

/** Asks as planned. Resolves when the answer has ended, however it did. */
export async function call({ id, kind, isStreamed, route, prompt, manner }: Caller, { port, begun }: World, agent: Agent): Promise<Seen> {
	const asked = { messages: [{ role: "user" as const, content: [{ type: "text" as const, text: prompt }] }], settings: { maxOutputTokens: 4000 } };
	const { path, body } = clients[kind].request(asked, isStreamed, route);
	const text = JSON.stringify(body);
	const headers = {
		"content-type": "application/json",
		"content-length": String(Buffer.byteLength(text)),
		"anthropic-version": "2023-06-01",
		"x-caller": id,
	};
	const outgoing = send({ host: "127.0.0.1", port, path, method: "POST", headers, agent });
	let hasHungUp = false;
	const hangUp = (): void => {
		hasHungUp = true;
		outgoing.destroy();
	};
	let timer: NodeJS.Timeout | undefined;
	if (manner.type === "hasty") {
		const { afterMs } = manner;
		void begun.then(() => {
			timer = setTimeout(hangUp, afterMs);
		});
	}
	const received: Buffer[] = [];
	let incoming: IncomingMessage | undefined;
	const seen = (end: Seen["end"]): Seen => ({
		...(incoming?.statusCode === undefined ? {} : { status: incoming.statusCode }),
		headers: incoming?.headers ?? {},
		body: Buffer.concat(received).toString("utf8"),
		end,
	});
	try {
		incoming = await new Promise<IncomingMessage>((resolve, reject) => outgoing.once("response", resolve).on("error", reject).end(text));
		let size = 0;
		for await (const chunk of incoming as AsyncIterable<Buffer>) {
			received.push(chunk);
			size += chunk.byteLength;
			if (manner.type === "fickle" && size > manner.afterBytes) hangUp();
			if (manner.type === "slow") await sleep(manner.restMs);
		}
		return seen(hasHungUp ? "hung-up" : "whole");
	} catch {
		return seen(hasHungUp ? "hung-up" : "broken");
	} finally {
		clearTimeout(timer);
	}
}
