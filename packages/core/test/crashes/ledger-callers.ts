import { createDice, type Dice } from "../chaos/dice.ts";
import { heard } from "./caller.ts";
import { killedAmid } from "./killed-amid.ts";
import { type Deed, deeds } from "./ledger-deeds.ts";
import type { Life } from "./lives.ts";

export const projects = ["prj_one", "prj_two"];

/** A request and what its caller saw of it. */
export interface Asked {
	/** Stands in the ledger as the principal: so what nobody saw the answer of is known there too. */
	readonly caller: string;
	readonly deed: Deed;
	/** Of an answer that was seen complete. */
	readonly requestId?: string;
}

/** @returns all that was asked of a server until it died. */
export async function liveAndDie(life: Life, name: string, seed: string): Promise<readonly Asked[]> {
	const asked: Asked[] = [];
	await killedAmid(life, createDice(`${seed} ${name}`), 60, async (lane, at) => {
		const caller = `${name}-${lane}-${at}`;
		const dice = createDice(`${seed} ${caller}`);
		const deed = dice.pick(Object.values(deeds), ({ weight }) => weight);
		const requestId = await ask(life.url, caller, deed, dice);
		asked.push({ caller, deed, ...(requestId === undefined ? {} : { requestId }) });
	});
	return asked;
}

/** @returns the request's id where the whole answer came. */
async function ask(url: string, caller: string, deed: Deed, dice: Dice): Promise<string | undefined> {
	const headers = { "x-caller": caller, "x-project": dice.pick(projects), ...deed.headers };
	const answer = await heard(url + deed.path, { method: "POST", headers, body: deed.body(dice), hangsUp: deed.hangsUp === true });
	if (answer === undefined) return undefined;
	const { status, id, text } = answer;
	if (status !== deed.status || !text.endsWith(deed.end ?? "")) throw new Error(`${deed.path} answered ${status}: ${text.slice(-200)}`);
	return id;
}
