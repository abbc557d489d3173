import fc from "fast-check";
import { splitsOf } from "../rules/dialects/arbitraries.ts";
import type { FuzzedProvider } from "./dialects.ts";

/** Bytes that may be anything but are mostly nearly a stream of the dialect. */
export function brokenStream({ brokenStreams }: FuzzedProvider): fc.Arbitrary<Uint8Array> {
	return fc.oneof({ weight: 6, arbitrary: brokenStreams }, fc.uint8Array({ maxLength: 300 }));
}

/** The same bytes whole and cut anywhere. */
export function brokenStreamInPieces(dialect: FuzzedProvider): fc.Arbitrary<readonly [Uint8Array, readonly Uint8Array[]]> {
	return brokenStream(dialect).chain((whole) => splitsOf(whole).map((pieces) => [whole, pieces] as const));
}
