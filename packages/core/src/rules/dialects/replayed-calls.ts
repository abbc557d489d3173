import type { Message, Prompt, Warning } from "../../contract/prompt.ts";
import type { ProviderCodec } from "./dialect.ts";

/** What every vendor takes as a function's name. */
const fitting = /^[A-Za-z_][\w-]{0,63}$/;

/**
 * A model may call what nobody offered, under a name that no vendor takes back: the conversation would be refused from then on. Such
 * calls, and their results, are sent under a name that fits. Names of tools that are offered stay what they are: one that a vendor
 * refuses is the caller's to hear of, and cutting it could make it another's.
 */
export function takingCallsBack(encodeRequest: ProviderCodec["encodeRequest"]): ProviderCodec["encodeRequest"] {
	return (prompt, options) => {
		const called = prompt.messages.flatMap(namesOf).filter((name) => !fitting.test(name));
		if (called.length === 0) return encodeRequest(prompt, options);
		const offered = new Set((prompt.tools ?? []).map(({ name }) => name));
		const unfit = new Set(called.filter((name) => !offered.has(name)));
		if (unfit.size === 0) return encodeRequest(prompt, options);
		const encoded = encodeRequest(renamed(prompt, unfit), options);
		const warnings = [...unfit].map((name): Warning => ({
			code: "changed-setting",
			field: "messages",
			message: `A call of "${name.slice(0, 100)}", which no tool is called, was sent as "${fitted(name)}"`,
		}));
		return { ...encoded, warnings: [...encoded.warnings, ...warnings] };
	};
}

function namesOf(message: Message): readonly string[] {
	if (message.role !== "assistant") return [];
	return message.content.flatMap((part) => (part.type === "tool-call" && !part.providerExecuted ? [part.toolName] : []));
}

function renamed(prompt: Prompt, unfit: ReadonlySet<string>): Prompt {
	const rename = <Part extends { readonly type: string }>(part: Part): Part => {
		const isNamed = part.type === "tool-call" || part.type === "tool-result";
		return isNamed && "toolName" in part && typeof part.toolName === "string" && unfit.has(part.toolName) ? { ...part, toolName: fitted(part.toolName) } : part;
	};
	const messages = prompt.messages.map((message): Message => {
		if (message.role === "assistant") return { ...message, content: message.content.map(rename) };
		return message.role === "tool" ? { ...message, content: message.content.map(rename) } : message;
	});
	return { ...prompt, messages };
}

function fitted(name: string): string {
	const safe = name.replace(/[^\w-]/g, "_");
	return (/^[A-Za-z_]/.test(safe) ? safe : `_${safe}`).slice(0, 64);
}
