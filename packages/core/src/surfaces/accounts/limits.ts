import { gatewayError } from "../../contract/errors.ts";
import type { LimitedParty } from "../../contract/tenancy.ts";
import { audited } from "../../effects/audit.ts";
import { limitsOf } from "../../effects/authorize.ts";
import { findStandings } from "../../effects/limit-standings.ts";
import { findOwnOrganisation, findOwnProject } from "../../effects/own-tenancy.ts";
import type { Services } from "../../effects/services.ts";
import type { Call, Surface } from "../../http/surface.ts";
import { limitDetails } from "./limit-details.ts";
import { keyView, privateReply, refuse } from "./tenancy-views.ts";

const unknownKey = gatewayError("NOT_FOUND", { message: "Unknown key" });

export const limitHandlers = {
	getLimits: ({ principal }, services) => tell(principal.limits ?? [], services),

	async getOrganisationLimits({ principal, parameters: { orgId = "" } }, services) {
		return tell(limitsOf(await findOwnOrganisation(orgId, principal, services.store.tenancy), undefined), services);
	},

	getProjectLimits: async (call, services) => tell(await projectParties(call, services), services),

	async getKeyLimits(call, services) {
		const { projectId = "", keyId = "" } = call.parameters;
		const key = (await services.store.tenancy.listKeys(projectId)).find(({ id }) => id === keyId);
		if (key === undefined) return refuse(unknownKey);
		const own = key.limits === undefined ? [] : [{ kind: "key", id: keyId, rules: key.limits } as const];
		return tell([...(await projectParties(call, services)), ...own], services);
	},

	async setKeyLimits(call, services) {
		const { parameters: { projectId = "", keyId = "" }, body } = call;
		const changed = await audited(
			call,
			services,
			async ({ tenancy }) => {
				const key = await tenancy.updateKey(projectId, keyId, { limits: body });
				return key && { key, organisationId: (await tenancy.findProject(projectId))?.organisationId };
			},
			(done) => done && { action: "limits.changed", organisationId: done.organisationId, projectId, target: keyId, details: limitDetails("key", body) },
		);
		services.keys.forget();
		return changed === undefined ? refuse(unknownKey) : privateReply({ key: keyView(changed.key) });
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

/** The project's and its organisation's. */
async function projectParties({ principal, parameters: { projectId = "" } }: Call<undefined>, { store: { tenancy } }: Services): Promise<readonly LimitedParty[]> {
	const project = await findOwnProject(projectId, principal, tenancy);
	return limitsOf(project && (await findOwnOrganisation(project.organisationId, principal, tenancy)), project);
}

async function tell(parties: readonly LimitedParty[], services: Services) {
	return privateReply({ limits: await findStandings(parties, services) });
}
