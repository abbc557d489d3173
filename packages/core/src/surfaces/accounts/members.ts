import { gatewayError } from "../../contract/errors.ts";
import { audited } from "../../effects/audit.ts";
import type { AccountStore } from "../../effects/store/account-store.ts";
import { readQuery } from "../../http/query.ts";
import type { Surface } from "../../http/surface.ts";
import type { Membership, Role } from "../../contract/tenancy.ts";
import { roleIn } from "../../rules/auth/access.ts";
import { mayRemove } from "../../rules/auth/membership.ts";
import { namedPageQuery, oneMore, pageOf } from "./list-page.ts";
import { privateReply, refuse } from "./tenancy-views.ts";

const unknown = gatewayError("NOT_FOUND", { message: "Unknown member" });
const lastOwner = gatewayError("CONFLICT", { message: "The last owner cannot go: make somebody else an owner first" });

export const memberHandlers = {
	async listMembers({ request, parameters: { orgId = "" } }, { store: { tenancy, accounts } }) {
		const query = readQuery(request, namedPageQuery);
		if (!query.ok) return query;
		const { items, next } = pageOf(await tenancy.listMembers(orgId, oneMore(query.value)), query.value, ({ userId }) => userId);
		return privateReply({ members: await withNames(items, accounts), next });
	},

	async changeMember(call, services) {
		const { parameters: { orgId = "", userId = "" }, body: { role } } = call;
		const membership = { organisationId: orgId, userId, role };
		const end = await audited(
			call,
			services,
			({ tenancy }) => tenancy.changeMember(membership),
			(ended) => (ended === "changed" ? { action: "member.role-changed", organisationId: orgId, target: userId, details: { role } } : undefined),
		);
		if (end !== "changed") return refuse(end === "unknown" ? unknown : lastOwner);
		const [member] = await withNames([membership], services.store.accounts);
		return privateReply({ member });
	},

	async removeMember(call, services) {
		const { principal, parameters: { orgId = "", userId = "" } } = call;
		const isSelf = principal.kind === "user" && principal.id === userId;
		const end = await audited(
			call,
			services,
			async ({ tenancy }) => {
				const removed = await tenancy.findMember(orgId, userId);
				if (removed === undefined) return "unknown";
				return mayRemove(roleIn(principal, orgId) ?? "member", removed.role, isSelf) ? tenancy.removeMember(orgId, userId) : "forbidden";
			},
			(ended) => (ended === "removed" ? { action: "member.removed", organisationId: orgId, target: userId } : undefined),
		);
		if (end === "removed") return privateReply({ id: userId, deleted: true });
		if (end === "forbidden") return refuse(gatewayError("FORBIDDEN", { message: "Not permitted: admins remove members, owners everybody" }));
		return refuse(end === "unknown" ? unknown : lastOwner);
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

async function withNames(members: readonly Membership[], accounts: AccountStore): Promise<readonly { user_id: string; role: Role; email?: string; name?: string }[]> {
	const users = new Map((await accounts.findUsers(members.map(({ userId }) => userId))).map((user) => [user.id, user]));
	return members.map(({ userId, role }) => {
		const user = users.get(userId);
		return { user_id: userId, role, ...(user === undefined ? {} : { email: user.shownEmail, name: user.name }) };
	});
}
