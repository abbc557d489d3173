import type { z } from "zod";
import { gatewayError, type GatewayError, type Issue } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { BodyTooLargeError, type GatewayRequest } from "./reply.ts";

/**
 * Reads a JSON body: media type, size, UTF-8, syntax, depth, then the operation's schema, once.
 * @param isOptional no body stands for an empty object.
 */
export async function readBody<Schema extends z.ZodType>(
	request: GatewayRequest,
	schema: Schema,
	limit: number,
	isOptional = false,
): Promise<Decoded<z.output<Schema>, GatewayError>> {
	const mediaType = request.header("content-type");
	if (mediaType === undefined ? !isOptional : !isJsonMediaType(mediaType)) return refuse(gatewayError("UNSUPPORTED_MEDIA_TYPE"));
	const encoding = request.header("content-encoding");
	if (encoding !== undefined && encoding !== "identity") {
		return refuse(gatewayError("UNSUPPORTED_MEDIA_TYPE", { message: "Send the body without content-encoding" }));
	}
	let bytes: Uint8Array;
	try {
		bytes = await request.body(limit);
	} catch (error) {
		if (request.signal.aborted) return refuse(gatewayError("CANCELLED"));
		if (!(error instanceof BodyTooLargeError)) throw error;
		return refuse(gatewayError("PAYLOAD_TOO_LARGE", { message: `The request body is larger than ${limit} bytes` }));
	}
	if (mediaType === undefined && bytes.length > 0) return refuse(gatewayError("UNSUPPORTED_MEDIA_TYPE"));
	const parsed = isOptional && bytes.length === 0 ? { ok: true as const, value: {} } : parseJson(bytes);
	if (!parsed.ok) return parsed;
	const checked = schema.safeParse(parsed.value);
	if (checked.success) return { ok: true, value: checked.data };
	return refuse(validationError(checked.error.issues.flatMap((issue) => toIssues(issue))));
}

/** An error that names every field that is wrong. */
export function validationError(issues: readonly Issue[], what = "Invalid request body"): GatewayError {
	const [first] = issues;
	const message = issues.slice(0, 5).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
	return gatewayError("VALIDATION_ERROR", {
		message: `${what}. ${message}`,
		issues: issues.slice(0, 50),
		...(first === undefined || first.path === "" ? {} : { param: first.path }),
	});
}

/** The same problem in a contract's own words, where it has some for the first field that is wrong. */
export function inWords(problem: GatewayError, words: Readonly<Record<string, string>>): { readonly ok: false; readonly problem: GatewayError } {
	const [first] = problem.issues ?? [];
	const message = first === undefined || !Object.hasOwn(words, first.path) ? undefined : words[first.path];
	return refuse(message === undefined ? problem : { ...problem, message });
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}

/** `application/json` and its `+json` kin (RFC 6839); the charset is UTF-8 whatever it says (RFC 8259). */
function isJsonMediaType(value: string): boolean {
	return /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(value);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): Decoded<Json, GatewayError> {
	if (bytes.length === 0) return refuse(invalid("The body is empty: send a JSON object"));
	let text: string;
	try {
		text = utf8.decode(bytes);
	} catch {
		return refuse(invalid("The body is not UTF-8"));
	}
	if (isTooDeep(text)) return refuse(invalid(`The body nests deeper than ${maxDepth} levels`));
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch (error) {
		const place = error instanceof SyntaxError ? /at position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined;
		return refuse(invalid(`The body is not valid JSON${place === undefined ? "" : ` ${place}`}`));
	}
}

function invalid(message: string): GatewayError {
	return gatewayError("VALIDATION_ERROR", { message, issues: [{ path: "", message }] });
}

const maxDepth = 256;

/** Deep nesting overflows the stack of whatever walks the value later; no honest request comes near. */
function isTooDeep(text: string): boolean {
	if (text.length < maxDepth * 2) return false;
	let depth = 0;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code === quotationMark) index = endOfString(text, index + 1);
		else if (code === openBrace || code === openBracket) {
			if (++depth > maxDepth) return true;
		} else if (code === closeBrace || code === closeBracket) depth--;
	}
	return false;
}

/** Where the string ends whose first character is at `start`: at a quotation mark that is not escaped. */
function endOfString(text: string, start: number): number {
	for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
		if (backslashes % 2 === 0) return end;
	}
	return text.length;
}
const [quotationMark, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d] as const;

/** An unknown field is told by its own name; of a union, what is wrong in the branch that fits furthest. */
function toIssues(issue: z.core.$ZodIssue, within: readonly PropertyKey[] = []): readonly Issue[] {
	const steps = [...within, ...issue.path];
	const path = pathText(steps);
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => ({ path: path === "" ? key : `${path}.${key}`, message: "Unknown field" }));
	}
	if (issue.code === "invalid_union") {
		const branches = issue.errors.filter((branch) => branch.length > 0).sort((first, second) => depthOf(second) - depthOf(first));
		const [best] = branches;
		if (best !== undefined && depthOf(best) > 0) return best.flatMap((below) => toIssues(below, steps));
	}
	return [{ path, message: issue.message }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
	return Math.max(...issues.map((issue) => issue.path.length + (issue.code === "invalid_union" ? Math.max(0, ...issue.errors.map(depthOf)) : 0)));
}

function pathText(path: readonly PropertyKey[]): string {
	return path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`), "");
}
