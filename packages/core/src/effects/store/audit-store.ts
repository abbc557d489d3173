import type { AuditEvent } from "../../contract/audit.ts";
import type { AccountStore } from "./account-store.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { LearningStore } from "./learning-store.ts";
import type { TenancyStore } from "./tenancy-store.ts";

/** What happened that security depends on. Entries are never changed, and never deleted but for their age where an operator wants that. */
export interface AuditStore {
	/** An event whose id is there already changes nothing. */
	append(event: AuditEvent): Promise<void>;
	/**
	 * Changes something and writes the events that tell of it: all or nothing, also when the process is killed in its midst.
	 *
	 * @param verb may use nothing of the store but what it is given, and await nothing else: on some stores all others wait for it.
	 * @param eventOf of what came out of it; `undefined` where nothing changed. Pure.
	 */
	change<Result>(verb: (parts: AuditedParts) => Promise<Result>, eventOf: (result: Result) => AuditEvent | readonly AuditEvent[] | undefined): Promise<Result>;
	/** Newest first; equally old ones by id, the highest first. */
	list(filter: AuditFilter): Promise<readonly AuditEvent[]>;
	/** Deletes what happened before a time, in milliseconds since 1970. Rejects with a RangeError where that is no time, and deletes nothing then. */
	prune(before: number): Promise<void>;
}

export interface AuditedParts {
	readonly tenancy: TenancyStore;
	readonly accounts: AccountStore;
	readonly credentials: CredentialStore;
	readonly learning: LearningStore;
}

export interface AuditFilter {
	/** Absent: the events that belong to no organisation. */
	readonly organisationId?: string | undefined;
	/** Only what stands behind the event with this id; nothing where there is none such in the list. */
	readonly before?: string | undefined;
	readonly limit: number;
}
