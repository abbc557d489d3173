import type { AssistantPart, Message, Prompt, ProviderMetadata, Warning } from "../../contract/prompt.ts";
import type { Answer, StreamEvent } from "../../contract/stream-event.ts";
import { hash32 } from "./hash.ts";
import { credentialLabel, type Target } from "./target.ts";

/** What made a piece of encrypted reasoning. */
export interface Binding {
	/** Stands for the credential's name and address; says nothing of the secret. */
	readonly credential: string;
	readonly model: string;
}

/**
 * OpenAI's encrypted reasoning can be read again only by the account that made it. On its way to the caller it is marked with its
 * target, so that a follow-up, wherever its history was kept, goes to the same one, and no other account is given what it must refuse.
 */
const mark = /^pst1\.([0-9a-z]+)\.([0-9a-z]+)\./;

export function bindingOf(target: Target): Binding {
	const credential = hash32(`${credentialLabel(target)} ${target.provider.baseUrl}`).toString(36);
	return { credential, model: hash32(target.model).toString(36) };
}

export function isBinding({ provider }: Target): boolean {
	return provider.dialect === "openai-responses" || provider.dialect === "ai-sdk";
}

/** What made the newest encrypted reasoning of a prompt. */
export function boundTo({ messages }: Prompt): Binding | undefined {
	for (let at = messages.length - 1; at >= 0; at--) {
		const message = messages[at];
		if (message?.role !== "assistant") continue;
		for (const part of message.content.toReversed()) {
			const [, credential, model] = mark.exec(encryptedOf(part) ?? "") ?? [];
			if (credential !== undefined && model !== undefined) return { credential, model };
		}
	}
	return undefined;
}

export function bindEvents(events: readonly StreamEvent[], binding: Binding): StreamEvent[] {
	return events.map((event) => {
		const isReasoning = event.type === "reasoning-start" || event.type === "reasoning-end";
		return isReasoning && event.metadata !== undefined ? { ...event, metadata: marked(event.metadata, binding) } : event;
	});
}

export function bindAnswer(answer: Answer, binding: Binding): Answer {
	const content = answer.content.map((part) =>
		part.type === "reasoning" && part.metadata !== undefined ? { ...part, metadata: marked(part.metadata, binding) } : part,
	);
	return { ...answer, content };
}

/** The prompt as this credential may see it: its own reasoning unmarked, that of others left out, with a warning. */
export function unbindPrompt(prompt: Prompt, { credential }: Binding): { readonly prompt: Prompt; readonly warnings: readonly Warning[] } {
	if (boundTo(prompt) === undefined) return { prompt, warnings: [] };
	let isLost = false;
	const unbind = (part: AssistantPart): AssistantPart => {
		const [found, madeBy] = mark.exec(encryptedOf(part) ?? "") ?? [];
		if (part.type !== "reasoning" || part.metadata === undefined || found === undefined) return part;
		const { encrypted_content: encrypted, ...rest } = part.metadata.responses ?? {};
		if (madeBy === credential) return { ...part, metadata: { ...part.metadata, responses: { ...rest, encrypted_content: String(encrypted).slice(found.length) } } };
		isLost = true;
		return { ...part, metadata: { ...part.metadata, responses: rest } };
	};
	const messages = prompt.messages.map((message): Message => (message.role === "assistant" ? { ...message, content: message.content.map(unbind) } : message));
	return {
		prompt: { ...prompt, messages },
		warnings: isLost ? [{ code: "unsupported-part", field: "reasoning", message: "Encrypted reasoning of another credential cannot be read by this one and was left out" }] : [],
	};
}

function marked(metadata: ProviderMetadata, { credential, model }: Binding): ProviderMetadata {
	const encrypted = metadata.responses?.encrypted_content;
	if (typeof encrypted !== "string") return metadata;
	return { ...metadata, responses: { ...metadata.responses, encrypted_content: `pst1.${credential}.${model}.${encrypted}` } };
}

function encryptedOf(part: AssistantPart): string | undefined {
	const encrypted = part.type === "reasoning" ? part.metadata?.responses?.encrypted_content : undefined;
	return typeof encrypted === "string" ? encrypted : undefined;
}
