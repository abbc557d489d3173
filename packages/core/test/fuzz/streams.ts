import fc from "fast-check";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer, splitsOf } from "../rules/dialects/arbitraries.ts";
import { encodingContext, type FuzzedDialect } from "./dialects.ts";
import { mutatedStream } from "./hostile.ts";

/** Bytes that may be anything but are mostly nearly a stream of the dialect. */
export function brokenStream({ id, caller, recorded }: FuzzedDialect): fc.Arbitrary<Uint8Array> {
	const own = arbitraryAnswer(id).map((answer) => caller.createStreamEncoder(encodingContext).push(unfoldAnswer(answer)));
	const real = recorded.length === 0 ? own : fc.oneof(own, fc.constantFrom(...recorded));
	return fc.oneof({ weight: 6, arbitrary: real.chain(mutatedStream) }, fc.uint8Array({ maxLength: 300 }));
}

/** The same bytes whole and cut anywhere. */
export function brokenStreamInPieces(dialect: FuzzedDialect): fc.Arbitrary<readonly [Uint8Array, readonly Uint8Array[]]> {
	return brokenStream(dialect).chain((whole) => splitsOf(whole).map((pieces) => [whole, pieces] as const));
}
