import { z } from "zod";
import { gatewayError } from "../../contract/errors.ts";
import { audited } from "../../effects/audit.ts";
import { findOwnOrganisation, keepOwnOrganisation } from "../../effects/own-tenancy.ts";
import { readQuery } from "../../http/query.ts";
import type { Surface } from "../../http/surface.ts";
import { isOperator } from "../../rules/auth/access.ts";
import { limitDetails } from "./limit-details.ts";
import { oneMore, pageOf } from "./list-page.ts";
import { organisationView, privateReply, refuse } from "./tenancy-views.ts";

const listQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100), after: z.string().min(1).exactOptional() });
const unknown = gatewayError("NOT_FOUND", { message: "Unknown organisation" });

export const organisationHandlers = {
	async listOrganisations({ principal, request }, { store: { tenancy } }) {
		const query = readQuery(request, listQuery);
		if (!query.ok) return query;
		const { id, kind, organisationId } = principal;
		const hosted = kind === "host" && organisationId !== undefined ? await findOwnOrganisation(organisationId, principal, tenancy) : undefined;
		if (isOperator(principal)) {
			const { items, next } = pageOf(await tenancy.listAllOrganisations(oneMore(query.value)), query.value, (last) => last.id);
			return privateReply({ organisations: items.map((each) => organisationView(each, principal)), next });
		}
		const own = kind === "user" ? await tenancy.listOrganisations(id) : [];
		const organisations = hosted === undefined ? own : [hosted];
		return privateReply({ organisations: organisations.map((each) => organisationView(each, principal)) });
	},

	async createOrganisation(call, services) {
		const { principal, body } = call;
		if (principal.kind === "host") return refuse(gatewayError("FORBIDDEN", { message: "The embedding app names the organisations of its users itself" }));
		const organisation = { id: services.createId("org"), name: body.name, isPersonal: false, createdAt: services.runtime.now() };
		const ownerId = principal.kind === "user" ? principal.id : undefined;
		await audited(
			call,
			services,
			({ tenancy }) => tenancy.createOrganisation(organisation, ownerId),
			() => ({ action: "organisation.created", organisationId: organisation.id, target: organisation.id }),
		);
		return privateReply({ organisation: { ...organisationView(organisation, principal), role: "owner" } }, 201);
	},

	async getOrganisation({ principal, parameters: { orgId = "" } }, { store: { tenancy } }) {
		const organisation = await findOwnOrganisation(orgId, principal, tenancy);
		return organisation === undefined ? refuse(unknown) : privateReply({ organisation: organisationView(organisation, principal) });
	},

	async updateOrganisation(call, services) {
		const { principal, parameters: { orgId = "" }, body } = call;
		const organisation = await audited(
			call,
			services,
			async ({ tenancy }) => {
				await keepOwnOrganisation(orgId, principal, tenancy, services.runtime.now());
				return tenancy.updateOrganisation(orgId, body);
			},
			(changed) => changed && { action: "organisation.changed", organisationId: orgId, target: orgId },
		);
		return organisation === undefined ? refuse(unknown) : privateReply({ organisation: organisationView(organisation, principal) });
	},

	async setOrganisationLimits(call, services) {
		const { principal, parameters: { orgId = "" }, body } = call;
		const organisation = await audited(
			call,
			services,
			({ tenancy }) => tenancy.updateOrganisation(orgId, { limits: body }),
			(changed) => changed && { action: "limits.changed", organisationId: orgId, target: orgId, details: limitDetails("organisation", body) },
		);
		services.keys.forget();
		return organisation === undefined ? refuse(unknown) : privateReply({ organisation: organisationView(organisation, principal) });
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;
