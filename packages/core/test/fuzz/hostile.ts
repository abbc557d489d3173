import fc from "fast-check";
import type { Json } from "../../src/contract/json.ts";

/** What `JSON.stringify` cannot write (or only by overflowing the stack) stands as a marked string until the text is made. */
const rawTexts: Readonly<Record<string, string>> = {
	huge: "1e999",
	"huge-negative": "-1e999",
	"negative-zero": "-0",
	"many-digits": "12345678901234567890123",
	tiny: "1e-400",
	"finite-but-huge": "0.1e308",
	"deep-array": nested("[", "]", 5000),
	"deep-object": nested('{"a":', "}", 5000),
	"deep-schema": nested('{"type":"object","properties":', "}", 5000),
	// The door refuses bodies that nest deeper than 256 levels.
	"door-array": nested("[", "]", 200),
	"door-object": nested('{"a":', "}", 200),
	"door-schema": nested('{"type":"object","properties":', "}", 200),
};
const raw = (name: string): string => `<raw ${name}>`;

function nested(open: string, close: string, depth: number): string {
	return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

/** JSON text, with what was marked in its place. */
export function hostileText(value: Json): string {
	return JSON.stringify(value).replaceAll(/"<raw ([\w-]+)>"/g, (marked, name: string) => rawTexts[name] ?? marked);
}

/** How deep hostile values nest: as deep as a provider may send, or as the door lets a caller. */
export type Depth = "deep" | "door";

/** Values that no field expects. */
export function hostileValue(depth: Depth = "deep"): fc.Arbitrary<Json> {
	return fc.oneof(
		fc.constantFrom<Json>(null, true, false, 0, -1, 0.5, 2 ** 53, "", "x", [], {}, [null], [[]], [{}], { "": "" }),
		fc.constantFrom(...Object.keys(rawTexts).filter((name) => !/^(?:deep|door)/.test(name))).map(raw),
		fc.constantFrom("\ud83d", "\ude00", "\u0000", "\u2028", "[DONE]", "data: x\n\n", "__proto__", "constructor", "data:image/png;base64,", "x".repeat(5000)),
		// Parsed, so that the key is a property and not the prototype.
		fc.constantFrom(
			'{"__proto__":{"polluted":true}}',
			'{"constructor":{"prototype":{"polluted":true}}}',
			'{"toString":1,"valueOf":null,"hasOwnProperty":0,"toJSON":"x"}',
			'{"length":4294967295,"0":{}}',
			'{"then":{}}',
		).map((text): Json => JSON.parse(text)),
		fc.constantFrom("array", "object", "schema").map((kind) => raw(`${depth}-${kind}`)),
		fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value))),
	);
}

/** One thing done to a JSON value at a place that a number picks. */
interface Change {
	readonly place: number;
	readonly kind: "replace" | "delete" | "repeat" | "rename" | "borrow";
	readonly value: Json;
	readonly key: string;
}

function change(depth: Depth): fc.Arbitrary<Change> {
	return fc.record({
		place: fc.nat(),
		kind: fc.constantFrom("replace", "replace", "delete", "repeat", "rename", "borrow"),
		value: hostileValue(depth),
		key: fc.constantFrom("__proto__", "constructor", "type", "id", "index", "content", "parts", "tool_calls", "toJSON"),
	});
}

/** A value like the given one, changed in a few places: make its text with {@link hostileText}. */
export function mutatedJson(original: Json, depth: Depth = "deep"): fc.Arbitrary<Json> {
	return fc.array(change(depth), { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce((value, each) => applyChange(value, each), original));
}

type Holder = { [key: string]: Json };

function applyChange(original: Json, { place, kind, value, key }: Change): Json {
	const root: Holder = { root: structuredClone(original) };
	const places = placesIn(root, 0);
	const [holder, name] = places[place % places.length] ?? [root, "root"];
	switch (kind) {
		case "replace":
			holder[name] = value;
			break;
		case "delete":
			if (Array.isArray(holder)) holder.splice(Number(name), 1);
			else if (name !== "root") delete holder[name];
			break;
		case "repeat":
			// An array of many of the same: calls, parts, messages.
			if (Array.isArray(holder)) holder.push(...manyOf(holder[Number(name)] ?? null));
			else holder[name] = manyOf(holder[name] ?? null);
			break;
		case "rename":
			if (!Array.isArray(holder)) Object.defineProperty(holder, key, { value: holder[name], enumerable: true, configurable: true, writable: true });
			break;
		case "borrow": {
			// A value of the right kind in the wrong place.
			const [other, otherName] = places[(place * 31 + 7) % places.length] ?? [root, "root"];
			holder[name] = structuredClone(other[otherName] ?? null);
			break;
		}
		default:
			kind satisfies never;
	}
	return root["root"] ?? null;
}

/** 200 of a small value, fewer of a large one: repeated again, it would outgrow any string. */
function manyOf(value: Json): Json[] {
	const length = Math.min(200, Math.ceil(100_000 / hostileText(value).length));
	return Array.from({ length }, () => structuredClone(value));
}

/** Every place in a value that can be changed: who holds it, and under which name. */
function placesIn(holder: Holder, depth: number): (readonly [Holder, string])[] {
	if (depth > 20) return [];
	return Object.keys(holder)
		.slice(0, 100)
		.flatMap((name) => {
			const inner = holder[name];
			const below = typeof inner === "object" && inner !== null ? placesIn(inner as Holder, depth + 1) : [];
			return [[holder, name] as const, ...below];
		});
}

const utf8 = new TextEncoder();

interface Cut {
	readonly kind: "delete" | "repeat" | "swap" | "truncate" | "flip" | "insert" | "rewrite";
	readonly place: number;
	readonly other: number;
	readonly changed: Change;
	readonly inserted: string;
}
const cut: fc.Arbitrary<Cut> = fc.record({
	kind: fc.constantFrom("delete", "repeat", "swap", "truncate", "flip", "insert", "rewrite", "rewrite", "rewrite"),
	place: fc.nat(),
	other: fc.nat(),
	changed: change("deep"),
	inserted: fc.oneof(
		fc.constantFrom("data: [DONE]\n\n", ": comment\n\n", "\n\n", "\r\n\r\n", "event: error\ndata: {}\n\n", "data:\n\n", "data: {\n\n", "\uFEFF", "id: 1\nretry: x\n\n"),
		hostileValue().map((value) => `data: ${hostileText(value)}\n\n`),
		fc.string(),
	),
});

/** The bytes of a stream like the given one: frames and bytes deleted, repeated, swapped, cut off, flipped, rewritten, put in. */
export function mutatedStream(original: string): fc.Arbitrary<Uint8Array> {
	return fc.array(cut, { minLength: 1, maxLength: 4 }).map((cuts) => {
		const [flips, others] = [cuts.filter(({ kind }) => kind === "flip"), cuts.filter(({ kind }) => kind !== "flip")];
		const text = others.reduce<readonly string[]>((frames, each) => applyCut(frames, each), original.split(/(?<=\n\n)/)).join("");
		const bytes = utf8.encode(text);
		for (const { place, other } of flips) {
			const at = place % Math.max(bytes.length, 1);
			bytes[at] = (bytes[at] ?? 0) ^ (1 << (other % 8));
		}
		return bytes;
	});
}

function applyCut(frames: readonly string[], { kind, place, other, changed, inserted }: Cut): readonly string[] {
	if (frames.length === 0) return [inserted];
	const at = place % frames.length;
	const frame = frames[at] ?? "";
	switch (kind) {
		case "delete":
			return frames.toSpliced(at, 1);
		case "repeat":
			return frames.toSpliced(at, 0, ...Array.from({ length: (other % 3) + 1 }, () => frame));
		case "swap": {
			const second = other % frames.length;
			return frames.with(at, frames[second] ?? "").with(second, frame);
		}
		case "truncate":
			return [...frames.slice(0, at), frame.slice(0, other % (frame.length + 1))];
		case "insert":
			return frames.toSpliced(at, 0, inserted);
		case "rewrite":
			return frames.with(at, rewritten(frame, changed));
		default:
			return frames;
	}
}

/** The frame with its JSON changed; as it was where it holds none. */
function rewritten(frame: string, changed: Change): string {
	const [, before = "", data = ""] = /^([^]*?data: ?)(.*)\n\n$/.exec(frame) ?? [];
	try {
		return `${before}${hostileText(applyChange(JSON.parse(data), changed))}\n\n`;
	} catch {
		return frame;
	}
}
