import type { DialectId, ProviderMetadata, ReasoningPart } from "../../contract/prompt.ts";

/** A stand-in for a vendor's cryptographic signature: the same thought, the same signature (FNV-1a). */
export function signatureOf(text: string): string {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	return `sim${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** The signature where the vendor has it: at OpenAI it is the state that comes back encrypted. Chat completions have none, only a field. */
export function signed(text: string, dialect: DialectId): ProviderMetadata {
	const signature = signatureOf(text);
	if (dialect === "openai-chat") return { openai: { field: "reasoning_content" } };
	if (dialect === "openai-responses") return { responses: { encrypted_content: signature } };
	return dialect === "gemini" ? { google: { thought: true, thoughtSignature: signature } } : { anthropic: { signature } };
}

/** Thoughts of a dialect without signatures pass. */
export function isSigned({ text, metadata }: ReasoningPart): boolean {
	const signature = metadata?.["anthropic"]?.["signature"] ?? metadata?.["responses"]?.["encrypted_content"] ?? metadata?.["google"]?.["thoughtSignature"];
	return signature === undefined || signature === signatureOf(text);
}
