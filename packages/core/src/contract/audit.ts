import { z } from "zod";

/** What is written down of who let whom in, and who changed who may. */
export const auditActions = [
	"user.registered",
	"user.signed-in",
	"user.sign-in-failed",
	"user.signed-out",
	"user.password-changed",
	"user.identity-added",
	"user.identity-removed",
	"session.revoked",
	"organisation.created",
	"organisation.changed",
	"member.invited",
	"member.invitation-withdrawn",
	"member.added",
	"member.role-changed",
	"member.removed",
	"project.created",
	"project.changed",
	"project.deleted",
	"key.created",
	"key.rotated",
	"key.revoked",
	"limits.changed",
	"credential.stored",
	"credential.deleted",
	"credential.rotated",
	"weights.changed",
] as const;
export type AuditAction = (typeof auditActions)[number];

export const auditEvent = z
	.object({
		id: z.string().meta({ example: "aud_5f0c7d1e2a3b4c5d6e7f8091" }),
		at: z.iso.datetime(),
		action: z.enum(auditActions),
		actor: z.object({ kind: z.enum(["operator", "user", "key", "host", "anonymous"]), id: z.string() }).meta({ description: "Who did it" }),
		organisationId: z.string().optional(),
		projectId: z.string().optional(),
		target: z.string().optional().meta({ description: "The id of what it was done to" }),
		remoteAddress: z.string().optional(),
		requestId: z.string().optional().meta({ description: "Of the request that did it; absent where a command did" }),
		details: z
			.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
			.optional()
			.meta({ description: "Roles, providers and the like, times in milliseconds since 1970; free text and secrets have no place in it" }),
	})
	.meta({ id: "AuditEvent" });
/** One entry of the audit log, as the store keeps it. Holds no secret, and no text that somebody chose. */
export interface AuditEvent extends Readonly<Omit<z.output<typeof auditEvent>, "at">> {
	/** Milliseconds since 1970. */
	readonly at: number;
}

export const auditPage = z
	.object({
		events: z.array(auditEvent).meta({ description: "The newest first" }),
		next: z.string().optional().meta({ description: "`before` of the next page; absent behind the last one" }),
	})
	.meta({ id: "AuditPage" });
export type AuditPage = z.output<typeof auditPage>;
