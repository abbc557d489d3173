import { crc32 } from "../checksums/crc32.ts";
import { sha256 } from "../providers/signature-v4-sha256.ts";

/** Of the random part: 22 bytes, 176 bits, are 30 digits of base 62. */
export const keyBytes = 22;
const randomDigits = 30;
/** 32 bits are 6 digits. */
const checksumDigits = 6;
const shownDigits = 8;
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const encoder = new TextEncoder();

/**
 * The text of a virtual key: prefix, random part, checksum (`pst_` and 36 letters and digits). What finds such keys in source code
 * knows them by their prefix, and tells them from what only looks like one by the checksum.
 * @param bytes unpredictable, `keyBytes` of them.
 */
export function keyText(prefix: string, bytes: Uint8Array): string {
	const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
	const text = prefix + base62(number, randomDigits);
	return text + checksumOf(text);
}

/**
 * Whether a text can be a key at all: a mistyped one need not be looked up. Any prefix will do, so that keys outlive a change of it.
 */
export function isKeyText(text: string): boolean {
	if (text.length > 100 || !/^[a-z][a-z0-9_-]*_[0-9A-Za-z]{36}$/.test(text)) return false;
	return checksumOf(text.slice(0, -checksumDigits)) === text.slice(-checksumDigits);
}

/** What is stored of a key. It has 176 random bits: a slow hash with a salt would add nothing but the time it takes. */
export function keyHash(text: string): string {
	return [...sha256(encoder.encode(text))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The beginning by which people know a key again: of `pst_` its first 12 characters. */
export function shownPrefix(text: string): string {
	return text.slice(0, -(randomDigits + checksumDigits - shownDigits));
}

/** What may stand before the random part. */
export function isKeyPrefix(prefix: string): boolean {
	return /^[a-z](?:[a-z0-9_-]{0,18}[a-z0-9])?_$/.test(prefix);
}

function checksumOf(text: string): string {
	return base62(BigInt(crc32(encoder.encode(text))), checksumDigits);
}

function base62(number: bigint, length: number): string {
	let text = "";
	for (let rest = number; rest > 0n; rest /= 62n) text = (digits[Number(rest % 62n)] ?? "") + text;
	return text.padStart(length, "0");
}
