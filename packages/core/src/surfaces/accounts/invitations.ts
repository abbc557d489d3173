import { gatewayError } from "../../contract/errors.ts";
import { audited } from "../../effects/audit.ts";
import { keepOwnOrganisation } from "../../effects/own-tenancy.ts";
import type { Invitation } from "../../effects/store/tenancy-store.ts";
import { validationError } from "../../http/body.ts";
import { readQuery } from "../../http/query.ts";
import type { Surface } from "../../http/surface.ts";
import { roleIn } from "../../rules/auth/access.ts";
import { readEmail } from "../../rules/auth/email.ts";
import { keyBytes, keyHash, keyText } from "../../rules/auth/key.ts";
import { mayInvite } from "../../rules/auth/membership.ts";
import { ageCursor, agedPageQuery, oneMore, pageOf } from "./list-page.ts";
import { organisationView, privateReply, refuse, timeText } from "./tenancy-views.ts";

const validForMs = 7 * 24 * 3600 * 1000;
const unknown = gatewayError("NOT_FOUND", { message: "Unknown invitation" });

export const invitationHandlers = {
	async createInvitation(call, services) {
		const { principal, parameters: { orgId = "" }, body: { email, role } } = call;
		const address = readEmail(email);
		if (!address.ok) return refuse(validationError([{ path: "email", message: address.problem }]));
		if (!mayInvite(roleIn(principal, orgId) ?? "member", role)) return refuse(gatewayError("FORBIDDEN", { message: "Only owners invite admins" }));
		const now = services.runtime.now();
		const token = keyText("inv_", services.runtime.randomBytes(keyBytes));
		const invitation: Invitation = {
			id: services.createId("inv"),
			organisationId: orgId,
			email: address.value.email,
			role,
			invitedBy: principal.id,
			createdAt: now,
			expiresAt: now + validForMs,
			tokenHash: keyHash(token),
		};
		await audited(
			call,
			services,
			async ({ tenancy }) => {
				await keepOwnOrganisation(orgId, principal, tenancy, now);
				await tenancy.createInvitation(invitation);
			},
			() => ({ action: "member.invited", organisationId: orgId, target: invitation.id, details: { role, expiresAt: invitation.expiresAt } }),
		);
		return privateReply({ invitation: invitationView(invitation), token }, 201);
	},

	async listInvitations({ request, parameters: { orgId = "" } }, { store: { tenancy }, runtime }) {
		const query = readQuery(request, agedPageQuery);
		if (!query.ok) return query;
		const { items, next } = pageOf(await tenancy.listInvitations(orgId, runtime.now(), oneMore(query.value)), query.value, ageCursor);
		return privateReply({ invitations: items.map(invitationView), next });
	},

	async deleteInvitation(call, services) {
		const { parameters: { orgId = "", invitationId = "" } } = call;
		const isDeleted = await audited(
			call,
			services,
			({ tenancy }) => tenancy.deleteInvitation(orgId, invitationId),
			(wasThere) => (wasThere ? { action: "member.invitation-withdrawn", organisationId: orgId, target: invitationId } : undefined),
		);
		return isDeleted ? privateReply({ id: invitationId, deleted: true }) : refuse(unknown);
	},

	async acceptInvitation(call, services) {
		const { principal, body: { token } } = call;
		const user = await services.store.accounts.findUser(principal.id);
		if (user === undefined) return refuse(unknown);
		const accepted = await audited(
			call,
			services,
			({ tenancy }) => tenancy.acceptInvitation(keyHash(token), user.email, user.id, services.runtime.now()),
			(membership) => membership && { action: "member.added", organisationId: membership.organisationId, target: user.id, details: { role: membership.role } },
		);
		const organisation = accepted && (await services.store.tenancy.findOrganisation(accepted.organisationId));
		if (accepted === undefined || organisation === undefined) return refuse(unknown);
		return privateReply({ organisation: { ...organisationView(organisation, principal), role: accepted.role } });
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

function invitationView({ id, email, role, createdAt, expiresAt }: Invitation) {
	return { id, email, role, createdAt: timeText(createdAt), expiresAt: timeText(expiresAt) };
}
