import { type RouteDefinition, surfaceIds } from "@postern/core";
import { z } from "zod";
import { parseJsonText } from "./json-text.ts";
import { modelEntry } from "./model-entry.ts";
import { closestName, type Problem } from "./problem.ts";
import { milliseconds, names, providerEntry, text, wholeNumber } from "./provider-entry.ts";
import { signInEntry } from "./sign-in-entry.ts";

const share = z.number().nonnegative().describe("a number of at least 0");
const slots = z.int().nonnegative().describe("a whole number, 0 to refuse all");
const surfaceId = z.enum(surfaceIds).describe(`one of ${surfaceIds.join(", ")}`);
const limits = z.strictObject({ streaming: slots, nonStreaming: slots }).exactPartial().describe("an object");
const providerName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/);

const mountedSurface = z.strictObject({ id: surfaceId, prefix: z.string().startsWith("/").describe('a path that begins with "/"') });

const cache = z
	.strictObject({
		ttlSeconds: wholeNumber,
		toolCalls: z.boolean(),
		path: text.describe("the path of a file"),
		maxEntries: wholeNumber,
		maxBytes: wholeNumber,
		maxEntryBytes: wholeNumber,
		semantic: z.strictObject({ model: text, threshold: z.number().positive().max(1).exactOptional() }),
	})
	.exactPartial();

/** What the file of `POSTERN_CONFIG` may hold. Unknown keys are errors: a misspelt limit must not be silently no limit. */
const configurationFile = z
	.strictObject({
		providers: z.record(providerName, providerEntry).describe("an object of providers by name"),
		// What stands in a route is looked into once the providers are known.
		routes: z.record(text, z.custom<RouteDefinition>()).describe("an object of routes by name"),
		defaultModel: text.describe("provider/model or the name of a route"),
		models: z.record(providerName, z.record(text, modelEntry)).describe("an object of providers by name, each with models by name"),
		tools: z.strictObject({ allowed: names, disallowed: names }).exactPartial().describe("an object"),
		limits: limits.extend({ surfaces: z.partialRecord(surfaceId, limits).exactOptional() }).describe("an object"),
		surfaces: z
			.array(z.union([surfaceId, mountedSurface]).describe('the name of a surface or {"id": ..., "prefix": "/..."}'))
			.min(1)
			.describe("a list of surfaces"),
		clocks: z
			.strictObject({ connectMs: milliseconds, firstEventMs: milliseconds, answerMs: milliseconds, idleMs: milliseconds, totalMs: milliseconds })
			.exactPartial()
			.describe("an object"),
		retry: z
			.strictObject({
				attemptsPerTarget: wholeNumber,
				attemptsInAll: wholeNumber,
				baseDelayMs: milliseconds,
				maxDelayMs: milliseconds,
				budgetRatio: share,
				budgetPerSecond: share,
				concurrentRetries: z.int().nonnegative().describe("a whole number, 0 for no retries"),
			})
			.exactPartial()
			.describe("an object"),
		cooldown: z.literal(false).describe("false, or leave it out"),
		cache: z.union([z.literal(false), cache]).describe("false, or an object of settings"),
		accounts: z.strictObject({ registration: z.enum(["open", "closed"]).describe("open or closed") }).exactPartial().describe("an object"),
		sessions: z
			.strictObject({
				cookieName: z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/).describe("letters, digits, - and _"),
				maxAgeMs: milliseconds,
				secure: z.boolean().describe("true or false"),
				sameSite: z.enum(["lax", "strict", "none"]).describe("lax, strict or none"),
			})
			.exactPartial()
			.describe("an object"),
		signIn: signInEntry,
		cors: z.strictObject({ origins: names, maxAgeMs: milliseconds.exactOptional() }).describe("an object with a list of origins"),
		retention: z
			.strictObject({ recordsDays: wholeNumber, rollupsDays: wholeNumber, auditDays: wholeNumber })
			.exactPartial()
			.describe("an object with recordsDays, rollupsDays and auditDays, or some of them"),
		trustProxy: z.int().nonnegative().describe("how many proxies stand in front, 0 for none"),
		bodyLimitBytes: wholeNumber,
		keyPrefix: text.describe("what virtual keys begin with, such as acme_"),
	})
	.exactPartial()
	.describe("an object of settings");
export type ConfigurationFile = z.output<typeof configurationFile>;

export type ReadFile =
	| { readonly ok: true; readonly value: ConfigurationFile }
	| { readonly ok: false; readonly problems: readonly Problem[] };

export function readConfigurationFile(source: string, fileName: string): ReadFile {
	const json = parseJsonText(source, fileName);
	if (!json.ok) return { ok: false, problems: [json.problem] };
	const vanishing = vanishingNames(json.value, []);
	if (vanishing.length > 0) return { ok: false, problems: vanishing };
	const result = configurationFile.safeParse(json.value);
	if (result.success) return { ok: true, value: result.data };
	return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, fileName)) };
}

/** Where an object is copied field by field, as every reader does, a field of this name is lost without a word. */
function vanishingNames(value: unknown, path: readonly PropertyKey[]): readonly Problem[] {
	if (typeof value !== "object" || value === null) return [];
	const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
	return entries.flatMap(([name, inner]) => {
		const place = [...path, name];
		return name === "__proto__"
			? [{ where: formatPath(place), what: "is a name that JavaScript keeps for itself", remedy: "take another one" }]
			: vanishingNames(inner, place);
	});
}

function problemsOf(issue: z.core.$ZodIssue, fileName: string): Problem[] {
	const schema = schemaAt(configurationFile, issue.path);
	if (issue.code === "invalid_union" && canBeFalse(schema)) {
		const branch = issue.errors.find((found) => found.some(({ path, code }) => path.length > 0 || code === "unrecognized_keys"));
		if (branch !== undefined) return branch.flatMap((below) => problemsOf({ ...below, path: [...issue.path, ...below.path] }, fileName));
	}
	if (issue.code === "unrecognized_keys") {
		const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
		return issue.keys.map((key) => ({ where: formatPath([...issue.path, key]), what: "is not a known setting", remedy: instead(key, known) }));
	}
	const where = issue.path.length === 0 ? fileName : formatPath(issue.path);
	if (issue.code === "invalid_key") {
		return [{ where, what: "is not a usable name", remedy: "begin with a small letter or digit, go on with those, - and _" }];
	}
	const what = issue.message.replace(/^(Invalid input|Invalid option|Too small|Too big): /, "");
	return [{ where, what: what === "Invalid input" ? "is none of the forms known here" : what, remedy: `write ${describe(schema) ?? "another value"}` }];
}

/** Settings or none: whoever writes an object means the settings, and is told what is wrong in them. */
function canBeFalse(schema: unknown): boolean {
	return schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodLiteral && option.value === false);
}

function instead(name: string, known: readonly string[]): string {
	const closest = closestName(name, known);
	return closest === undefined ? `known here: ${known.join(", ")}` : `did you mean ${closest}?`;
}

/** `routes.fast[1]`, as JavaScript writes it. */
export function formatPath(path: readonly PropertyKey[]): string {
	return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`)).join("");
}

function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
	const inner = schema instanceof z.ZodExactOptional ? schema.unwrap() : schema;
	const [part, ...rest] = path;
	if (part === undefined) return inner;
	if (inner instanceof z.ZodUnion) return schemaAt(inner.options.find((option) => option instanceof z.ZodObject), path);
	if (inner instanceof z.ZodObject) return schemaAt(inner.shape[String(part)], rest);
	if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
	if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
	return undefined;
}

function describe(schema: unknown): string | undefined {
	return schema instanceof z.ZodType ? schema.description : undefined;
}
