import type { Warning } from "../../contract/prompt.ts";

export type WarningCode = "unsupported-setting" | "unsupported-part" | "unsupported-tool" | "changed-setting";

/** Collects what a request could not say; the same sentence once, however long the conversation. */
export interface Warnings {
	add(code: WarningCode, field: string, message: string): void;
	readonly list: readonly Warning[];
}

export function createWarnings(): Warnings {
	const list: Warning[] = [];
	return {
		list,
		add(code, field, message) {
			if (!list.some((warning) => warning.code === code && warning.message === message)) list.push({ code, field, message });
		},
	};
}
