import type { Identity } from "../../contract/account.ts";
import { gatewayError } from "../../contract/errors.ts";
import type { LinkedIdentities } from "../../contract/operations/sign-in.ts";
import { audited } from "../../effects/audit.ts";
import { signInProviders } from "../../effects/sign-in/identity-provider.ts";
import { ownEntry } from "../../effects/sign-in/open-account.ts";
import type { Surface } from "../../http/surface.ts";
import { keyHash } from "../../rules/auth/key.ts";
import { privateReply, refuse, timeText } from "./tenancy-views.ts";

const unknown = gatewayError("NOT_FOUND", { message: "Unknown identity" });
const lastWay = gatewayError("CONFLICT", { message: "This is the last way into the account: set a password first, or connect another one" });

export const identityHandlers = {
	async listIdentities({ principal }, { store: { accounts }, signIn }) {
		const [linked, passwordHash] = await Promise.all([accounts.listIdentities(principal.id), accounts.findPasswordHash(principal.id)]);
		const identities = linked.map(({ addedAt, ...identity }) => {
			const name = signIn?.byIdentityProvider.get(identity.provider)?.name;
			return { id: idOf(identity), ...identity, ...(name === undefined ? {} : { name }), ...(addedAt === undefined ? {} : { addedAt: timeText(addedAt) }) };
		});
		const told: LinkedIdentities = { identities, hasPassword: passwordHash !== undefined };
		return privateReply(told);
	},

	async removeIdentity(call, services) {
		const { principal: { id: userId }, parameters: { identityId = "" } } = call;
		const providers = services.signIn?.byIdentityProvider;
		const identity = (await services.store.accounts.listIdentities(userId)).find((each) => idOf(each) === identityId);
		if (identity === undefined) return refuse(unknown);
		const method = providers?.get(identity.provider)?.id ?? signInProviders.find((id) => id === identity.provider) ?? "oidc";
		const end = await audited(
			call,
			services,
			({ accounts }) => accounts.removeIdentity(userId, identity, [...(providers?.keys() ?? [])], services.runtime.now()),
			(ended) => (ended === "removed" ? ownEntry(userId, { action: "user.identity-removed", details: { method } }) : undefined),
		);
		if (end !== "removed") return refuse(end === "unknown" ? unknown : lastWay);
		return privateReply({ id: identityId, deleted: true });
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

/** Follows from the identity, which is its own key in the store. */
function idOf({ provider, subject }: Identity): string {
	return `idn_${keyHash(JSON.stringify([provider, subject])).slice(0, 24)}`;
}
