import type { DialectId } from "../../contract/prompt.ts";
import type { Quirks } from "../dialects/dialect.ts";

/** What is known of a vendor, as data. Everything here can be overridden where a provider is made. */
export interface Preset {
	readonly dialect: DialectId;
	readonly baseUrl: string;
	/** The environment variable that customarily holds the vendor's key. */
	readonly keyVariable: string;
	/** Local servers answer without one. */
	readonly needsKey: boolean;
	readonly quirks: Quirks;
	readonly modelPrefixes: readonly string[];
	readonly models: readonly string[];
	readonly defaultModel?: string;
}

/** Vendors that speak OpenAI's dialect without its newer roles and fields. */
export const compatible = { dialect: "openai-chat", needsKey: true, modelPrefixes: [], models: [] } as const;
/** The same on a machine of one's own. */
export const local = { ...compatible, needsKey: false } as const;
