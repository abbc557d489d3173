import type { ProviderDialectId } from "../../contract/prompt.ts";
import type { Quirks } from "../dialects/dialect.ts";
import type { Send, UpstreamRequest } from "./transport.ts";

/** A dialect at an address with a credential, made by `openai()`, `anthropic()`, `bedrock()`, `simulator()`, .... */
export interface Provider {
	readonly dialect: ProviderDialectId;
	/** Without a slash at the end, such as `https://api.openai.com/v1`. */
	readonly baseUrl: string;
	/** Stands in the address of every request, without the question mark (Azure's `api-version=...`). */
	readonly query?: string;
	/** Sent with every request, credential included. Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly quirks: Quirks;
	/** Secrets among the header values: cleaned out of every message. */
	readonly secrets: readonly string[];
	/** Models to list and to find by their bare name. Others pass through by `provider/model`. */
	readonly models: readonly string[];
	/** A bare model name that begins so belongs to this provider (`gpt-`, `claude-`). */
	readonly modelPrefixes: readonly string[];
	/** What answers where the caller names no model and the gateway has no default of its own. */
	readonly defaultModel?: string;
	/** Set where the provider cannot be called, with the reason and the remedy: its operations answer 503. */
	readonly unavailable?: string;
	/** The last touch to a request before it is sent: a signature over it. `now` is in milliseconds since 1970. */
	readonly prepare?: (request: UpstreamRequest, now: number) => UpstreamRequest | Promise<UpstreamRequest>;
	/** The same with another account's key, which is all that is left of the first one's credentials. Absent where it takes no key. */
	readonly withApiKey?: (apiKey: string) => Provider;
	/** The id of a stored credential: its health and its log lines go by it. */
	readonly credentialId?: string;
	/** Each of its models stands for a provider of its own: what one does to its credential is no harm to the others (the simulator). */
	readonly hasModelsApart?: true;
	/** Answers instead of the network (the simulator, a process, a relay). */
	readonly send?: Send;
}
