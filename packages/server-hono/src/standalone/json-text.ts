import type { Problem } from "./problem.ts";

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

/**
 * Parses a file that people write by hand. Engines tell a syntax error's place only sometimes and quote the text around it,
 * which may hold a key; here it is line and column, and what was expected there.
 */
export function parseJsonText(text: string, fileName: string): ParsedJson {
	const source = text.startsWith("\ufeff") ? text.slice(1) : text;
	try {
		return { ok: true, value: JSON.parse(source) };
	} catch {
		const { offset, expected } = findSyntaxError(source);
		const before = source.slice(0, offset).split("\n");
		const place = `${fileName}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
		return { ok: false, problem: { where: place, what: "is not valid JSON here", remedy: expected } };
	}
}

interface SyntaxFault {
	readonly offset: number;
	readonly expected: string;
}

const whiteSpace = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Walks the text as RFC 8259 has it, up to the first place where it cannot go on. */
function findSyntaxError(text: string): SyntaxFault {
	let at = 0;
	const skip = (pattern: RegExp): boolean => {
		pattern.lastIndex = at;
		if (!pattern.test(text)) return false;
		at = pattern.lastIndex;
		return true;
	};
	const see = (): string | undefined => {
		skip(whiteSpace);
		return text[at];
	};
	const fault = (expected: string): SyntaxFault => {
		if (text.startsWith("//", at) || text.startsWith("/*", at)) return { offset: at, expected: "JSON has no comments: remove it" };
		return { offset: at, expected: at >= text.length ? `the text ends early: ${expected}` : expected };
	};
	const value = (): SyntaxFault | undefined => {
		const first = see();
		if (first === "{") return members("}", true);
		if (first === "[") return members("]", false);
		if (first === '"') return skip(string) ? undefined : fault('close this string with " and write line breaks in it as \\n');
		return skip(scalar) ? undefined : fault("write a value: text in double quotes, a number, true, false, null, [...] or {...}");
	};
	const members = (end: "}" | "]", named: boolean): SyntaxFault | undefined => {
		at += 1;
		if (see() === end) {
			at += 1;
			return undefined;
		}
		for (;;) {
			if (named) {
				see();
				if (!skip(string)) return fault('write a name in double quotes, or remove the "," before');
				if (see() !== ":") return fault('write ":" between name and value');
				at += 1;
			} else if (see() === "]") return fault('remove the "," before');
			const inner = value();
			if (inner !== undefined) return inner;
			const next = see();
			if (next !== "," && next !== end) return fault(`write "," or "${end}"`);
			at += 1;
			if (next === end) return undefined;
		}
	};
	const inner = value();
	if (inner !== undefined) return inner;
	see();
	return fault("remove what follows the end of the JSON text");
}
