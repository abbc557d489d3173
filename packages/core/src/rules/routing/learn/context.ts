import type { Prompt } from "../../../contract/prompt.ts";

/**
 * What kind of request it is, as far as it matters for which target suits it; one letter for each trait, `-` where there is nothing
 * to say: length (`s`, `m`, `l`), code (`c`), tools (`t`), structured output (`j`), script (`k` Chinese, Japanese and Korean, `o`
 * others than Latin), and whether the answer comes whole (`w`) or is streamed. `lct---` is a long prompt with code and tools.
 */
export type Context = string;

const mediumCharacters = 2000;
const longCharacters = 16_000;
/** Of each text only so much is looked at: its beginning says what it is. */
const sampleLength = 400;
/** Texts that are looked at, from the newest on. */
const sampledTexts = 3;

/**
 * Costs microseconds: lengths are counted, the newest texts are sampled.
 *
 * @param isStreamed whether the answer's latency is that of its first content, not of all of it.
 */
export function contextOf({ messages, tools, output }: Pick<Prompt, "messages" | "tools" | "output">, isStreamed: boolean): Context {
	let characters = 0;
	let sample = "";
	let sampled = 0;
	for (let index = messages.length - 1; index >= 0; index--) {
		const message = messages[index];
		for (const part of message?.content ?? []) {
			const text = part.type === "text" || part.type === "reasoning" ? part.text : part.type === "tool-result" && part.output.type === "text" ? part.output.text : "";
			characters += text.length;
			if (message?.role !== "user" || part.type !== "text" || sampled >= sampledTexts || text === "") continue;
			sampled += 1;
			sample += `${text.slice(0, sampleLength)}\n`;
		}
	}
	const length = characters < mediumCharacters ? "s" : characters < longCharacters ? "m" : "l";
	const code = codeSign.test(sample) ? "c" : "-";
	const toolsLetter = tools === undefined || tools.length === 0 ? "-" : "t";
	const structure = output === undefined || output.type === "text" ? "-" : "j";
	return `${length}${code}${toolsLetter}${structure}${scriptOf(sample)}${isStreamed ? "-" : "w"}`;
}

/** A fence, a line that only a program has, or two calls or statements in a row. */
const codeSign =
	/```|^\s*(?:import |from \S+ import |export |const \w|let \w|var \w|def \w|class \w+\s*[:{(]|function \w|public |private |#include|package \w|func \w|fn \w|SELECT .+ FROM|Traceback )|[;{}]\s*\n\s*\S.*[;{}]\s*(?:\n|$)/m;

function scriptOf(sample: string): "-" | "k" | "o" {
	let latin = 0;
	let ideographs = 0;
	let others = 0;
	for (let index = 0; index < sample.length; index++) {
		const unit = sample.charCodeAt(index);
		if (unit < 0x250) {
			if ((unit | 0x20) >= 0x61) latin += 1;
		} else if ((unit >= 0x3040 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7af)) ideographs += 1;
		// Greek, Cyrillic, Hebrew, Arabic, the scripts of India, Thai and their neighbours: punctuation and symbols begin at 2000.
		else if (unit >= 0x370 && unit < 0x1e00) others += 1;
	}
	// An ideograph says as much as three letters.
	if (ideographs * 3 > latin && ideographs * 3 >= others) return "k";
	return others > latin ? "o" : "-";
}

/** How alike two contexts are, whole answers or streams: a half less with each trait in which they differ. */
export function likeness(one: Context, other: Context): number {
	if (one === other) return 1;
	let like = 1;
	for (let trait = 0; trait < 5; trait++) {
		if (one.charCodeAt(trait) !== other.charCodeAt(trait)) like *= 0.5;
	}
	return like;
}

/** Whether what is measured is the time to the whole answer. */
export function isWhole(context: Context): boolean {
	return context.charAt(5) === "w";
}
