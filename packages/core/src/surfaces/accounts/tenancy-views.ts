import type { z } from "zod";
import type { GatewayError } from "../../contract/errors.ts";
import type * as fields from "../../contract/operations/tenancy-fields.ts";
import type { Principal } from "../../contract/principal.ts";
import type { Organisation, Project, VirtualKey } from "../../contract/tenancy.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import { roleIn } from "../../rules/auth/access.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

export function organisationView({ id, name, isPersonal, limits, createdAt }: Organisation, principal: Principal): z.output<typeof fields.organisation> {
	const role = roleIn(principal, id);
	return {
		id,
		name,
		isPersonal,
		...(role === undefined ? {} : { role }),
		...(limits === undefined ? {} : { limits: structuredClone(limits) as z.output<typeof fields.limitRules> }),
		...(createdAt === 0 ? {} : { createdAt: timeText(createdAt) }),
	};
}

export function projectView({ id, name, organisationId, limits, cache, createdAt }: Project, principal: Principal): z.output<typeof fields.project> {
	const role = roleIn(principal, organisationId);
	return {
		id,
		name,
		organisationId,
		...(role === undefined ? {} : { role }),
		...(limits === undefined ? {} : { limits: structuredClone(limits) as z.output<typeof fields.limitRules> }),
		...(cache === undefined ? {} : { cache }),
		...(createdAt === 0 ? {} : { createdAt: timeText(createdAt) }),
	};
}

export function keyView(key: VirtualKey): z.output<typeof fields.virtualKey> {
	const { id, projectId, name, prefix, scopes, limits, createdBy, createdAt, expiresAt, lastUsedAt, previousUntil } = key;
	return {
		id,
		projectId,
		name,
		prefix,
		...(scopes === undefined ? {} : { scopes: structuredClone(scopes) as z.output<typeof fields.keyScopes> }),
		...(limits === undefined ? {} : { limits: structuredClone(limits) as z.output<typeof fields.limitRules> }),
		...(createdBy === undefined ? {} : { createdBy }),
		createdAt: timeText(createdAt),
		...(expiresAt === undefined ? {} : { expiresAt: timeText(expiresAt) }),
		...(lastUsedAt === undefined ? {} : { lastUsedAt: timeText(lastUsedAt) }),
		...(previousUntil === undefined ? {} : { previousUntil: timeText(previousUntil) }),
	};
}

/** ISO 8601, UTC. */
export function timeText(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}

/** What people may see of each other is nobody else's: no cache keeps it. */
export function privateReply(body: object, status = 200): { readonly ok: true; readonly value: Reply } {
	return { ok: true, value: jsonReply(body, { "cache-control": "no-store" }, status) };
}

export function refuse(problem: GatewayError): Decoded<never, GatewayError> {
	return { ok: false, problem };
}
