import type { AssistantMessage, Message } from "../../contract/prompt.ts";
import type { NewTurn, Session, Turn, UsageRecord } from "../../contract/session.ts";
import { assertListLimit, defaultUsageLimit } from "./list-limit.ts";
import { memoryAccounts } from "./memory/accounts.ts";
import { memoryAudit } from "./memory/audit.ts";
import { memoryCredentials } from "./memory/credentials.ts";
import { memoryInsights } from "./memory/insights.ts";
import { memoryIdempotency } from "./memory/idempotency.ts";
import { memoryLearning } from "./memory/learning.ts";
import { memoryLimits } from "./memory/limits.ts";
import { memoryTenancy } from "./memory/tenancy.ts";
import type { TenancyStore } from "./tenancy-store.ts";
import type { Store, UsageFilter } from "./store.ts";
import { assertUsageRecord } from "./usage-record.ts";

/** What is kept at most; the oldest goes first. A session that went is unknown: a turn added to it begins it anew. */
export interface MemoryStoreOptions {
	/** Sessions, the most recently continued ones. Default 1000. */
	readonly sessions?: number;
	/** Characters of all kept turns together, as JSON text; the session just continued always stays. Default 64 Mi. */
	readonly characters?: number;
	/** Usage records, the most recently recorded ones. Default 10 000. */
	readonly usageRecords?: number;
	/** Sums of a quarter of an hour by project, model, route and outcome, the newest ones. Default 20 000. */
	readonly rollups?: number;
}

interface StoredSession {
	session: Session;
	turns: StoredTurn[];
	characters: number;
}
/** Messages are kept as JSON text: nobody who holds on to what was passed in or given out can change the past. */
type StoredTurn = Omit<Turn, "input" | "answer"> & { readonly text: string; readonly isDeleted: boolean };

/** A store that lives and dies with the process: for tests, trials and gateways that need no memory beyond a restart. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
	const { sessions: maxSessions = 1000, characters: maxCharacters = 64 * 1024 * 1024, usageRecords: maxRecords = 10_000, rollups = 20_000 } = options;
	// Both maps hold the oldest first: a session moves to the end with each turn.
	const sessions = new Map<string, StoredSession>();
	const records = new Map<string, UsageRecord>();
	/** The session of each request that made a turn. */
	const sessionOf = new Map<string, string>();
	let characters = 0;
	let closed = false;

	function assertOpen(): void {
		if (closed) throw new Error("The store is closed");
	}

	const projects = memoryTenancy(assertOpen);
	const credentials = memoryCredentials(assertOpen, projects.findProject);
	const learning = memoryLearning(assertOpen);
	const tenancy: TenancyStore = {
		...projects,
		async deleteProject(id) {
			credentials.forget(id);
			learning.forget(id);
			return projects.deleteProject(id);
		},
	};
	const accounts = memoryAccounts(assertOpen);
	const insights = memoryInsights(assertOpen, rollups, (before) => {
		for (const [id, { startedAt }] of records) if (startedAt < before) records.delete(id);
		learning.prune(before);
	});

	function evict(keptId: string): void {
		for (const [id, stored] of sessions) {
			if ((sessions.size <= maxSessions && characters <= maxCharacters) || id === keptId) return;
			sessions.delete(id);
			for (const { requestId } of stored.turns) sessionOf.delete(requestId);
			characters -= stored.characters;
		}
	}

	function ownTurn(requestId: string, ownerId: string): { readonly stored: StoredSession; readonly turn: StoredTurn } | undefined {
		const stored = sessions.get(sessionOf.get(requestId) ?? "");
		const turn = stored?.turns.find((each) => each.requestId === requestId && !each.isDeleted);
		return stored === undefined || turn === undefined || stored.session.ownerId !== ownerId ? undefined : { stored, turn };
	}

	return {
		async findSession(id) {
			assertOpen();
			return sessions.get(id)?.session;
		},
		async appendTurn(turn: NewTurn) {
			assertOpen();
			const { ownerId, follows, input, answer, ...rest } = turn;
			const known = sessions.get(turn.sessionId);
			if (known !== undefined && known.session.ownerId !== ownerId) return undefined;
			if (follows !== undefined && known?.session.turnCount !== follows) return undefined;
			const text = JSON.stringify([input, answer]);
			const sequence = (known?.session.turnCount ?? 0) + 1;
			const session: Session = {
				id: turn.sessionId,
				ownerId,
				createdAt: known?.session.createdAt ?? turn.createdAt,
				updatedAt: turn.createdAt,
				turnCount: sequence,
			};
			const stored = known ?? { session, turns: [], characters: 0 };
			stored.session = session;
			stored.turns.push({ ...rest, usage: { ...turn.usage }, sequence, text, isDeleted: false });
			sessionOf.set(turn.requestId, turn.sessionId);
			stored.characters += text.length;
			characters += text.length;
			sessions.delete(session.id);
			sessions.set(session.id, stored);
			evict(session.id);
			return { ...rest, input, answer, sequence };
		},
		async findTurn(requestId, ownerId) {
			assertOpen();
			const found = ownTurn(requestId, ownerId);
			return found === undefined ? undefined : restoreTurn(found.turn);
		},
		async deleteTurn(requestId, ownerId) {
			assertOpen();
			const found = ownTurn(requestId, ownerId);
			if (found === undefined) return false;
			const { stored, turn } = found;
			const marked = stored.turns.map((each) => (each === turn ? { ...each, isDeleted: true } : each));
			const last = marked.findLastIndex(({ isDeleted }) => !isDeleted);
			stored.turns = marked.slice(0, last + 1);
			const gone = marked.slice(last + 1);
			for (const { requestId: id, text } of gone) {
				sessionOf.delete(id);
				stored.characters -= text.length;
				characters -= text.length;
			}
			return true;
		},
		async listTurns(sessionId, limit) {
			assertOpen();
			const turns = sessions.get(sessionId)?.turns ?? [];
			return (limit === undefined ? turns : turns.slice(Math.max(0, turns.length - assertListLimit(limit)))).map(restoreTurn);
		},
		async recordUsage(record) {
			assertOpen();
			assertUsageRecord(record);
			if (records.has(record.id)) return;
			records.set(record.id, Object.freeze({ ...record, usage: { ...record.usage } }));
			insights.add(record);
			// Many at once: a map that loses its first key again and again has to step over what it lost.
			if (records.size > maxRecords * 1.25) for (const id of [...records.keys()].slice(0, records.size - maxRecords)) records.delete(id);
		},
		async listUsage(filter = {}) {
			assertOpen();
			const limit = assertListLimit(filter.limit ?? defaultUsageLimit);
			const kept = [...records.values()].slice(Math.max(0, records.size - maxRecords));
			return kept.filter((record) => matches(record, filter)).sort(newestFirst).slice(0, limit);
		},
		tenancy,
		accounts,
		idempotency: memoryIdempotency(assertOpen),
		credentials,
		audit: memoryAudit(assertOpen, { tenancy, accounts, credentials, learning }),
		limits: memoryLimits(assertOpen),
		insights: insights.store,
		learning,
		async check() {
			assertOpen();
		},
		async close() {
			closed = true;
		},
	};
}

function restoreTurn({ text, isDeleted: _, ...turn }: StoredTurn): Turn {
	const [input, answer] = JSON.parse(text) as [Message[], AssistantMessage];
	return { ...turn, usage: { ...turn.usage }, input, answer };
}

function matches(record: UsageRecord, filter: UsageFilter): boolean {
	return (
		(filter.id === undefined || record.id === filter.id) &&
		(filter.principalId === undefined || record.principalId === filter.principalId) &&
		(filter.sessionId === undefined || record.sessionId === filter.sessionId) &&
		(filter.projectId === undefined || record.projectId === filter.projectId) &&
		(filter.from === undefined || record.startedAt >= filter.from) &&
		(filter.to === undefined || record.startedAt < filter.to) &&
		(filter.behind === undefined || newestFirst(filter.behind, record) < 0)
	);
}

function newestFirst(one: Pick<UsageRecord, "id" | "startedAt">, other: Pick<UsageRecord, "id" | "startedAt">): number {
	return other.startedAt - one.startedAt || (one.id === other.id ? 0 : one.id < other.id ? 1 : -1);
}
