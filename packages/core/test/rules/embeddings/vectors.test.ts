import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { asVector, decodeVector, encodeVector, isVectorText, lengthOfVector, vectorAs } from "../../../src/rules/embeddings/vectors.ts";

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe("a vector as base64", () => {
	it("comes back as it was", () => {
		fc.assert(
			fc.property(fc.array(float32, { minLength: 1, maxLength: 200 }), (values) => {
				const text = encodeVector(values);
				expect(lengthOfVector(text)).toBe(values.length);
				expect(decodeVector(text)).toEqual(values);
			}),
		);
	});

	it("is what other programs read and write", () => {
		fc.assert(
			fc.property(fc.array(float32, { minLength: 1, maxLength: 50 }), (values) => {
				const bytes = new Uint8Array(Float32Array.from(values).buffer);
				expect(encodeVector(values)).toBe(Buffer.from(bytes).toString("base64"));
			}),
		);
	});

	it("meets the float again that a model's decimals were made from", () => {
		fc.assert(
			fc.property(float32, (value) => {
				// Nine digits name a 32-bit float, but not the sign of zero.
				expect(decodeVector(encodeVector([Number(value.toPrecision(9))]))).toEqual([value + 0]);
			}),
		);
	});

	it("may be as long as vectors are", () => {
		const values = Array.from({ length: 10_000 }, (_, index) => Math.fround(Math.sin(index)));
		expect(decodeVector(encodeVector(values))).toEqual(values);
	});

	test.each([
		["nothing", ""],
		["half a float", "AAA="],
		["a float and a half", "AACAPwAA"],
		["a cut text", "AACAP"],
		["other characters", "AACA_w=="],
		["a space", "AACA Pw="],
		["a mark in the middle", "AA==AAAA"],
	])("is refused where it is %s", (_, text) => {
		expect(isVectorText(text)).toBe(false);
		expect(decodeVector(text)).toBeUndefined();
	});

	test("is refused where it holds what is no number, once somebody looks", () => {
		const text = Buffer.from(new Uint8Array(Float32Array.of(1, Number.NaN).buffer)).toString("base64");
		expect(isVectorText(text)).toBe(true);
		expect(decodeVector(text)).toBeUndefined();
	});

	it("never throws", () => {
		fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void decodeVector(text)));
	});
});

test("what is in the wanted form already is not touched", () => {
	const values = [0.1, 0.2];
	expect(vectorAs("float", values)).toBe(values);
	expect(vectorAs("base64", "AACAPw==")).toBe("AACAPw==");
	expect(vectorAs("base64", [1])).toBe("AACAPw==");
});

test.each([[undefined], [null], [[]], [[1, "2"]], [[1, null]], [[Number.POSITIVE_INFINITY]], ["AACAPw=="], [{ 0: 1, length: 1 }]])("%j is no vector", (value) => {
	expect(asVector(value)).toBeUndefined();
});
