import type { OperationResult } from "../../src/index.ts";
import type { AuditAction } from "../../src/contract/audit.ts";
import { createDice } from "../chaos/dice.ts";
import { token } from "../gateway/support.ts";
import { heard } from "./caller.ts";
import { killedAmid } from "./killed-amid.ts";
import type { Life } from "./lives.ts";

export const organisationId = "org_crash";

/** A project that was made, and the changes to it that were answered. */
export interface Changed {
	readonly id: string;
	/** What the first key's secret was, the newest last. */
	readonly secrets: string[];
	/** In order; the first one made it. */
	readonly answered: { readonly action: AuditAction; readonly requestId: string }[];
	/** Made by the last `key.created`. */
	otherKeyId?: string;
}

interface Change {
	readonly action: AuditAction;
	readonly method: string;
	/** Behind the project's own. */
	path(project: Changed): string;
	readonly body?: object;
	learn?(project: Changed, text: string): void;
}

const keys = () => "/keys";
const credential = () => "/credentials/openai";
const rename = (name: string): Change => ({ action: "project.changed", method: "PATCH", path: () => "", body: { name } });
const limit = (requestsPerMinute: number): Change => ({ action: "limits.changed", method: "PUT", path: () => "/limits", body: { requestsPerMinute } });
const store = (apiKey: string): Change => ({ action: "credential.stored", method: "PUT", path: credential, body: { apiKey } });
const rotate: Change = {
	action: "key.rotated",
	method: "POST",
	path: () => "/keys/rotate",
	learn: ({ secrets }, text) => void secrets.push((JSON.parse(text) as OperationResult<"rotateKey">).key),
};

/** In this order, so that what is there tells how many of a kind were made. The first key is the only one when it is rotated. */
const changes: readonly Change[] = [
	rename("1"),
	rotate,
	store("sk-stored-once-0001"),
	limit(1),
	rotate,
	store("sk-stored-again-0002"),
	rename("2"),
	{
		action: "key.created",
		method: "POST",
		path: keys,
		body: { name: "Other" },
		learn: (project, text) => {
			project.otherKeyId = (JSON.parse(text) as OperationResult<"createKey">).details.id;
		},
	},
	limit(2),
	{ action: "credential.deleted", method: "DELETE", path: credential },
	{ action: "key.revoked", method: "DELETE", path: ({ otherKeyId = "" }) => `/keys/${otherKeyId}` },
	rename("3"),
	{ action: "project.deleted", method: "DELETE", path: () => "" },
];

/** @returns the projects whose making was answered, with all that was answered of them. */
export async function changeAndDie(life: Life, name: string, seed: string): Promise<readonly Changed[]> {
	const changed: Changed[] = [];
	const current = new Map<number, Changed>();
	await killedAmid(life, createDice(`${seed} ${name}`), 300, async (lane) => {
		const project = current.get(lane);
		const next = project && changes[project.answered.length - 1];
		if (project === undefined || next === undefined) {
			const made = await create(life.url);
			if (made === undefined) return;
			changed.push(made);
			current.set(lane, made);
		} else if (!(await change(life.url, project, next))) {
			current.delete(lane);
		}
	});
	return changed;
}

async function create(url: string): Promise<Changed | undefined> {
	const answer = await send(`${url}/v1/projects`, "POST", { name: "0", organisationId });
	if (answer === undefined) return undefined;
	const { project, apiKey } = JSON.parse(answer.text) as OperationResult<"createProject">;
	return { id: project.id, secrets: [apiKey], answered: [{ action: "project.created", requestId: answer.id }] };
}

/** @returns whether it was answered. */
async function change(url: string, project: Changed, { action, method, path, body, learn }: Change): Promise<boolean> {
	const answer = await send(`${url}/v1/projects/${project.id}${path(project)}`, method, body);
	if (answer === undefined) return false;
	learn?.(project, answer.text);
	project.answered.push({ action, requestId: answer.id });
	return true;
}

async function send(url: string, method: string, body: object | undefined) {
	const answer = await heard(url, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) });
	if (answer !== undefined && answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
	return answer;
}
