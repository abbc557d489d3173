import { z } from "zod";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Principal } from "../../contract/principal.ts";
import type { Project } from "../../contract/tenancy.ts";
import { audited } from "../../effects/audit.ts";
import { findOwnProject, keepOwnOrganisation, keepOwnProject } from "../../effects/own-tenancy.ts";
import type { ProjectChange, TenancyStore } from "../../effects/store/tenancy-store.ts";
import type { AgedPage } from "../../effects/store/list-page.ts";
import { validationError } from "../../http/body.ts";
import { readQuery } from "../../http/query.ts";
import type { Surface } from "../../http/surface.ts";
import type { AuditDetails } from "../../rules/audit/details.ts";
import { decideAccess, isOperator, roleIn } from "../../rules/auth/access.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { limitDetails } from "./limit-details.ts";
import { ageCursor, agedPage, oneMore, pageOf } from "./list-page.ts";
import { privateReply, projectView, refuse } from "./tenancy-views.ts";

const listQuery = z.strictObject({ organisationId: z.string().min(1).exactOptional(), ...agedPage });
const unknown = gatewayError("NOT_FOUND", { message: "Unknown project" });
const unknownOrganisation = gatewayError("NOT_FOUND", { message: "Unknown organisation", param: "organisationId" });

export const projectHandlers = {
	async listProjects({ principal, request }, { store: { tenancy } }) {
		const query = readQuery(request, listQuery);
		if (!query.ok) return query;
		const { organisationId, ...page } = query.value;
		const projects = await projectsOf(principal, organisationId, oneMore(page), tenancy);
		if (projects === undefined) return refuse(unknownOrganisation);
		const { items, next } = pageOf(projects, page, ageCursor);
		return privateReply({ projects: items.map((each) => projectView(each, principal)), next });
	},

	async createProject(call, services) {
		const { principal, body } = call;
		const { createId, runtime, keys } = services;
		const now = runtime.now();
		const chosen = await chooseOrganisation(principal, body.organisationId, services.store.tenancy);
		if (!chosen.ok) return chosen;
		const project: Project = { id: createId("prj"), organisationId: chosen.value, name: body.name, createdAt: now };
		const secret = keys.create();
		const key = { id: createId("key"), projectId: project.id, name: "First key", hash: secret.hash, prefix: secret.prefix, createdBy: principal.id, createdAt: now };
		await audited(
			call,
			services,
			async ({ tenancy }) => {
				if (isOperator(principal)) await tenancy.createOrganisation({ id: project.organisationId, name: project.organisationId, isPersonal: false, createdAt: now });
				else await keepOwnOrganisation(project.organisationId, principal, tenancy, now);
				await tenancy.createProject(project, key);
			},
			() => ({ action: "project.created", organisationId: project.organisationId, projectId: project.id, target: project.id }),
		);
		return privateReply({ project: projectView(project, principal), apiKey: secret.text, keyId: key.id }, 201);
	},

	async getProject({ principal, parameters: { projectId = "" } }, { store: { tenancy } }) {
		const project = await findOwnProject(projectId, principal, tenancy);
		return project === undefined ? refuse(unknown) : privateReply({ project: projectView(project, principal) });
	},

	async updateProject(call, services) {
		const { principal, parameters: { projectId = "" }, body } = call;
		const project = await audited(
			call,
			services,
			async ({ tenancy }) => {
				await keepOwnProject(projectId, principal, tenancy, services.runtime.now());
				return tenancy.updateProject(projectId, body);
			},
			(changed) => changed && { action: "project.changed", organisationId: changed.organisationId, projectId, target: projectId, details: changeDetails(body) },
		);
		services.keys.forget();
		return project === undefined ? refuse(unknown) : privateReply({ project: projectView(project, principal) });
	},

	async deleteProject(call, services) {
		const { parameters: { projectId = "" } } = call;
		const project = await audited(
			call,
			services,
			async ({ tenancy }) => {
				const found = await tenancy.findProject(projectId);
				return (await tenancy.deleteProject(projectId)) ? found : undefined;
			},
			(gone) => gone && { action: "project.deleted", organisationId: gone.organisationId, projectId, target: projectId },
		);
		services.keys.forget();
		return project === undefined ? refuse(unknown) : privateReply({ id: projectId, deleted: true });
	},

	async setProjectLimits(call, services) {
		const { principal, parameters: { projectId = "" }, body } = call;
		const project = await audited(
			call,
			services,
			async ({ tenancy }) => {
				await keepOwnProject(projectId, principal, tenancy, services.runtime.now());
				return tenancy.updateProject(projectId, { limits: body });
			},
			(changed) => changed && { action: "limits.changed", organisationId: changed.organisationId, projectId, target: projectId, details: limitDetails("project", body) },
		);
		services.keys.forget();
		return project === undefined ? refuse(unknown) : privateReply({ project: projectView(project, principal) });
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

/** What the audit log tells of a change. */
function changeDetails({ name, cache }: ProjectChange): AuditDetails<"project.changed"> {
	if (cache === undefined) return { renamed: name !== undefined };
	const mode = cache === false ? "off" : cache.ttlSeconds === undefined ? "inherited" : "on";
	return { renamed: name !== undefined, cache: mode, ...(cache === false ? {} : cache) };
}

/** @returns `undefined` where the principal has no part in the organisation that it names. */
async function projectsOf(
	principal: Principal,
	organisationId: string | undefined,
	page: AgedPage,
	tenancy: TenancyStore,
): Promise<readonly Project[] | undefined> {
	if (principal.kind === "key") {
		const own = await tenancy.findProject(principal.projectId ?? "");
		return own === undefined || (organisationId !== undefined && organisationId !== own.organisationId) ? undefined : [own];
	}
	if (organisationId !== undefined) return roleIn(principal, organisationId) === undefined ? undefined : tenancy.listProjects([organisationId], page);
	if (isOperator(principal)) return tenancy.listProjects(undefined, page);
	const own = principal.kind === "host" ? [principal.organisationId ?? ""] : (principal.memberships ?? []).map((each) => each.organisationId);
	return tenancy.listProjects(own, page);
}

/** The organisation that a new project is to belong to. */
async function chooseOrganisation(principal: Principal, named: string | undefined, tenancy: TenancyStore): Promise<Decoded<string, GatewayError>> {
	const organisationId = named ?? (await defaultOrganisation(principal, tenancy));
	if (organisationId === undefined) return refuse(validationError([{ path: "organisationId", message: "Name the organisation that the project belongs to" }]));
	const decision = decideAccess({ role: "admin", in: "organisation" }, principal, organisationId);
	if (decision === "hidden") return refuse(unknownOrganisation);
	if (decision !== "allow") return refuse(gatewayError("FORBIDDEN", { message: "Not permitted: this needs the role admin in the organisation" }));
	return { ok: true, value: organisationId };
}

async function defaultOrganisation(principal: Principal, tenancy: TenancyStore): Promise<string | undefined> {
	if (principal.kind === "host") return principal.organisationId;
	if (principal.kind !== "user") return undefined;
	return (await tenancy.listOrganisations(principal.id)).find(({ isPersonal, role }) => isPersonal && role === "owner")?.id;
}
