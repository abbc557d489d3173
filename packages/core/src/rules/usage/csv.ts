import type { UsageRecord } from "../../contract/session.ts";
import { usdText } from "./price.ts";

type Field = string | number | boolean | undefined;

/** The columns of the export, in order. */
const columns: Readonly<Record<string, (record: UsageRecord) => Field>> = {
	id: ({ id }) => id,
	started_at: ({ startedAt }) => new Date(startedAt).toISOString(),
	surface: ({ surface }) => surface,
	operation: ({ operation }) => operation,
	organisation: ({ organisationId }) => organisationId,
	project: ({ projectId }) => projectId,
	principal: ({ principalId }) => principalId,
	key: ({ keyId }) => keyId,
	session: ({ sessionId }) => sessionId,
	route: ({ route }) => route,
	provider: ({ provider }) => provider,
	model: ({ model }) => model,
	streamed: ({ streamed }) => streamed,
	outcome: ({ outcome }) => outcome,
	cached: ({ cached }) => cached,
	status: ({ status }) => status,
	error: ({ errorCode }) => errorCode,
	attempts: ({ attempts }) => attempts,
	input_tokens: ({ usage }) => usage.inputTokens,
	output_tokens: ({ usage }) => usage.outputTokens,
	cached_input_tokens: ({ usage }) => usage.cachedInputTokens,
	cache_write_tokens: ({ usage }) => usage.cacheWriteTokens,
	reasoning_tokens: ({ usage }) => usage.reasoningTokens,
	audio_input_tokens: ({ usage }) => usage.audioInputTokens,
	audio_output_tokens: ({ usage }) => usage.audioOutputTokens,
	estimated: ({ isEstimated }) => isEstimated === true,
	cost_usd: ({ costMicroUsd }) => (costMicroUsd === undefined ? undefined : usdText(costMicroUsd)),
	price_version: ({ priceVersion }) => priceVersion,
	first_event_ms: ({ firstEventMs }) => firstEventMs,
	duration_ms: ({ durationMs }) => durationMs,
};

export const csvHeader: string = csvLine(Object.keys(columns));

export function csvRecord(record: UsageRecord): string {
	return csvLine(Object.values(columns).map((read) => read(record)));
}

/** One line after RFC 4180, its end included. */
export function csvLine(fields: readonly Field[]): string {
	return `${fields.map(csvField).join(",")}\r\n`;
}

function csvField(field: Field): string {
	if (field === undefined) return "";
	if (typeof field !== "string") return String(field);
	// Spreadsheets run what begins like a formula, also behind white space.
	const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(field) ? `'${field}` : field;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
