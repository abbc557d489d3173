import type { Vector, VectorFormat } from "../../contract/embedding.ts";
import type { Json } from "../../contract/json.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

const floatBytes = 4;

/** A vector in the form that a caller wants. */
export function vectorAs(format: "base64", vector: Vector): string;
export function vectorAs(format: VectorFormat, vector: Vector): Vector;
export function vectorAs(format: VectorFormat, vector: Vector): Vector {
	return format === "base64" && typeof vector !== "string" ? encodeVector(vector) : vector;
}

/** Base64 of 32-bit floats, little-endian. What came from a model as decimals was made from such floats: they are met again exactly. */
export function encodeVector(values: readonly number[]): string {
	const bytes = new Uint8Array(values.length * floatBytes);
	const view = new DataView(bytes.buffer);
	for (let index = 0; index < values.length; index++) view.setFloat32(index * floatBytes, values[index] ?? 0, true);
	return encodeBase64(bytes);
}

/** @returns `undefined` where the text is no base64 of finite 32-bit floats. */
export function decodeVector(base64: string): readonly number[] | undefined {
	if (!isVectorText(base64)) return undefined;
	const view = new DataView(decodeBase64(base64).buffer);
	const values: number[] = [];
	for (let place = 0; place < view.byteLength; place += floatBytes) {
		const value = view.getFloat32(place, true);
		if (!Number.isFinite(value)) return undefined;
		values.push(value);
	}
	return values;
}

/** Whether a text is base64 of whole 32-bit floats, without looking at their values. */
export function isVectorText(text: string): boolean {
	return lengthOfVector(text) > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** How many dimensions a vector has; 0 where its text holds no whole floats. */
export function lengthOfVector(vector: Vector): number {
	if (typeof vector !== "string") return vector.length;
	const padding = vector.endsWith("==") ? 2 : vector.endsWith("=") ? 1 : 0;
	const bytes = (vector.length / 4) * 3 - padding;
	return bytes % floatBytes === 0 ? bytes / floatBytes : 0;
}

/** A vector as a provider sends it in JSON. @returns `undefined` where the value is no array of finite numbers. */
export function asVector(value: Json | undefined): readonly number[] | undefined {
	if (!Array.isArray(value) || value.length === 0) return undefined;
	return value.every((number): number is number => Number.isFinite(number)) ? value : undefined;
}
