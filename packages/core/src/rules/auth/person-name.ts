import type { Decoded } from "../dialects/dialect.ts";

const mostNameLength = 100;

/** A name as people see it in lists: one line, nothing that turns the text around it. @returns what is wrong, where something is. */
export function readPersonName(text: string): Decoded<string, string> {
	const name = text.trim().normalize("NFC");
	if (name === "" || name.length > mostNameLength) return { ok: false, problem: `The name has 1 to ${mostNameLength} characters` };
	if (!name.isWellFormed() || unseemly.test(name)) return { ok: false, problem: "The name has control characters" };
	return { ok: true, value: name };
}

/** Control characters, line ends, and marks that reverse the direction of what follows. */
const unseemly = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
