import { decodeBase64 } from "../embeddings/base64.ts";
import { ConfigurationError } from "../providers/configuration-error.ts";
import { isBase64 } from "./envelope.ts";

const keyBytes = 32;

/** @throws {ConfigurationError} where it is not 32 bytes as base64. Never quotes it. */
export function decodeEncryptionKey(text: string, where: string): Uint8Array<ArrayBuffer> {
	const bytes = isBase64(text) ? decodeBase64(text) : undefined;
	if (bytes?.length !== keyBytes) throw new ConfigurationError(`${where} must be ${keyBytes} bytes as base64, as "openssl rand -base64 ${keyBytes}" makes them`);
	return bytes;
}
