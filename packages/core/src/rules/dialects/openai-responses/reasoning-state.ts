import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { packForeign, unpack } from "../foreign-state.ts";
import { asText } from "../json-fields.ts";

/** `encrypted_content`: OpenAI's stands there as it came, another vendor's packed. @returns `undefined` where there is no state. */
export function encryptedContent(metadata: ProviderMetadata | undefined): string | undefined {
	return asText(metadata?.responses?.encrypted_content) ?? packForeign(metadata, "responses");
}

/** The same from a caller. */
export function decodeEncryptedContent(encrypted: string): ProviderMetadata {
	return unpack(encrypted) ?? { responses: { encrypted_content: encrypted } };
}
