import type { AuditEvent } from "../../../contract/audit.ts";
import type { AuditedParts, AuditStore } from "../audit-store.ts";
import { assertListLimit, assertTime } from "../list-limit.ts";

/** The newest ones are kept: strangers can fill it with sign-ins that fail. */
const maxEvents = 100_000;

/** @param parts what is changed together with the event that tells of it. Memory dies as a whole: nothing can come apart. */
export function memoryAudit(assertOpen: () => void, parts: AuditedParts): AuditStore {
	const events = new Map<string, AuditEvent>();

	function keep(event: AuditEvent): void {
		if (events.has(event.id)) return;
		events.set(event.id, structuredClone(event));
		if (events.size > maxEvents * 1.25) for (const id of [...events.keys()].slice(0, events.size - maxEvents)) events.delete(id);
	}

	return {
		async append(event) {
			assertOpen();
			keep(event);
		},
		async change(verb, eventOf) {
			assertOpen();
			const result = await verb(parts);
			for (const event of [eventOf(result) ?? []].flat()) keep(event);
			return result;
		},
		async list({ organisationId, before, limit }) {
			assertOpen();
			const count = assertListLimit(limit);
			const found = [...events.values()].filter((event) => event.organisationId === organisationId).sort(newestFirst);
			const start = before === undefined ? 0 : found.findIndex(({ id }) => id === before) + 1;
			return before !== undefined && start === 0 ? [] : found.slice(start, start + count).map((event) => structuredClone(event));
		},
		async prune(before) {
			assertOpen();
			assertTime(before);
			for (const { id, at } of events.values()) if (at < before) events.delete(id);
		},
	};
}

function newestFirst(one: AuditEvent, other: AuditEvent): number {
	return other.at - one.at || (one.id < other.id ? 1 : -1);
}
