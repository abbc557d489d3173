import type { Warning } from "../../contract/prompt.ts";
import type { Answer, ResponseMetadata } from "../../contract/stream-event.ts";
import type { Target } from "../routing/target.ts";

/** An answer as it is kept, maybe for another process of another version to read. */
export interface KeptAnswer {
	readonly version: typeof keptVersion;
	readonly answer: Answer;
	/** The label of the target that gave it. */
	readonly target: string;
	/** The request that it was made for, of the same tenant; what older versions kept does not tell. */
	readonly requestId?: string;
	/** What was changed or left out on the way to the target: true of every answer made of it. */
	readonly warnings: readonly Warning[];
}

/** Another one wherever an answer that was kept could be misread. */
const keptVersion = 1;

export function keptAnswer(answer: Answer, target: Target, warnings: readonly Warning[], requestId: string): KeptAnswer {
	return { version: keptVersion, answer: anonymous(answer), target: target.label, warnings, requestId };
}

/** @returns `undefined` where the text is none, or of another version. */
export function readKeptAnswer(text: string): KeptAnswer | undefined {
	try {
		const read: unknown = JSON.parse(text);
		return isKeptAnswer(read) ? read : undefined;
	} catch {
		return undefined;
	}
}

function isKeptAnswer(value: unknown): value is KeptAnswer {
	return typeof value === "object" && value !== null && "version" in value && value.version === keptVersion;
}

/** Without its id and its time: whatever is answered with it is an answer of its own, and clients tell answers apart by their ids. */
export function anonymous<Told extends ResponseMetadata>(told: Told): Omit<Told, "id" | "createdAt"> {
	const { id: _, createdAt: __, ...rest } = told;
	return rest;
}

/** The target that gave an answer, or the same model by another credential where that one is gone. */
export function targetOf<Known extends Target>({ target }: KeptAnswer, known: readonly Known[]): Known | undefined {
	const plain = (label: string) => label.replace(/^([^/#]+)#[^/]+/, "$1");
	return known.find((candidate) => candidate.label === target) ?? known.find((candidate) => plain(candidate.label) === plain(target));
}
