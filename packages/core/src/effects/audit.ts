import type { AuditEvent } from "../contract/audit.ts";
import type { Principal } from "../contract/principal.ts";
import { type AuditedAct, auditDetails } from "../rules/audit/details.ts";
import { learnedTargets } from "../rules/routing/learned-models.ts";
import type { Services } from "./services.ts";
import type { AuditedParts } from "./store/audit-store.ts";

/**
 * The audit log: a change that security depends on and the entry that tells of it are one transaction. Written one after the other, a
 * crash between them would leave a key that nobody made, or an entry for one that is not there.
 */
export type AuditEntry = AuditedAct & {
	/** Whose owners read it. Absent: the operator does. */
	readonly organisationId?: string | undefined;
	readonly projectId?: string | undefined;
	/** The id of what it was done to: never something that a caller chose. */
	readonly target?: string | undefined;
	/** Where it is not the call's principal: who signs in is known only afterwards. */
	readonly actor?: AuditEvent["actor"];
};

/** The call that something is done by. */
export interface AuditedCall {
	readonly requestId: string;
	readonly principal: Principal;
	readonly request: { readonly remoteAddress?: string | undefined };
}

type AuditServices = Pick<Services, "store" | "runtime" | "routing" | "createId">;

/**
 * Changes something and writes down who did it: all or nothing.
 * @param verb may use nothing but what it is given, and await nothing else.
 * @param entryOf of what came out of it; `undefined` where nothing changed.
 */
export function audited<Result>(
	call: AuditedCall,
	services: AuditServices,
	verb: (parts: AuditedParts) => Promise<Result>,
	entryOf: (result: Result) => AuditEntry | readonly AuditEntry[] | undefined,
): Promise<Result> {
	return services.store.audit.change(verb, (result) => [entryOf(result) ?? []].flat().map((entry) => eventOf(entry, call, services)));
}

/** Writes down what changed nothing in the store: a sign-in that failed. */
export function audit(call: AuditedCall, services: AuditServices, entry: AuditEntry): Promise<void> {
	return services.store.audit.append(eventOf(entry, call, services));
}

function eventOf(entry: AuditEntry, { requestId, principal, request }: AuditedCall, { runtime, routing, createId }: AuditServices): AuditEvent {
	const { organisationId, projectId, target, action, actor = { kind: principal.kind, id: principal.id } } = entry;
	const details = auditDetails(entry, Object.keys(routing.providers), learnedTargets(routing.routes));
	return {
		id: createId("aud"),
		at: runtime.now(),
		action,
		actor,
		...(organisationId === undefined ? {} : { organisationId }),
		...(projectId === undefined ? {} : { projectId }),
		...(target === undefined ? {} : { target }),
		...(request.remoteAddress === undefined ? {} : { remoteAddress: request.remoteAddress }),
		requestId,
		...(details === undefined ? {} : { details }),
	};
}
