import { z } from "zod";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { VirtualKey } from "../../contract/tenancy.ts";
import { audited } from "../../effects/audit.ts";
import { keepOwnProject } from "../../effects/own-tenancy.ts";
import type { Services } from "../../effects/services.ts";
import type { TenancyStore } from "../../effects/store/tenancy-store.ts";
import { validationError } from "../../http/body.ts";
import { readQuery } from "../../http/query.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { ageCursor, agedPageQuery, oneMore, pageOf } from "./list-page.ts";
import { keyView, privateReply, refuse } from "./tenancy-views.ts";

const revokeQuery = z.strictObject({ keyId: z.string().min(1).exactOptional() });
const unknown = gatewayError("NOT_FOUND", { message: "Unknown key" });

export const keyHandlers = {
	async listKeys({ request, parameters: { projectId = "" } }, { store: { tenancy } }) {
		const query = readQuery(request, agedPageQuery);
		if (!query.ok) return query;
		const { items, next } = pageOf(await tenancy.listKeys(projectId, oneMore(query.value)), query.value, ageCursor);
		return privateReply({ keys: items.map(keyView), next });
	},

	async createKey(call, services) {
		const { principal, parameters: { projectId = "" }, body } = call;
		const now = services.runtime.now();
		const { name, scopes, limits } = body;
		const expiresAt = body.expiresAt === undefined ? undefined : Date.parse(body.expiresAt);
		if (expiresAt !== undefined && expiresAt <= now) return refuse(validationError([{ path: "expiresAt", message: "is over already" }]));
		const secret = services.keys.create();
		const key: VirtualKey = {
			id: services.createId("key"),
			projectId,
			name,
			prefix: secret.prefix,
			...(scopes === undefined ? {} : { scopes }),
			...(limits === undefined ? {} : { limits }),
			createdBy: principal.id,
			createdAt: now,
			...(expiresAt === undefined ? {} : { expiresAt }),
		};
		const project = await audited(
			call,
			services,
			async ({ tenancy }) => {
				const kept = await keepOwnProject(projectId, principal, tenancy, now);
				return kept !== undefined && (await tenancy.createKey({ ...key, hash: secret.hash })) ? kept : undefined;
			},
			(kept) =>
				kept && {
					action: "key.created",
					organisationId: kept.organisationId,
					projectId,
					target: key.id,
					details: { expiresAt, scoped: scopes !== undefined, limited: limits !== undefined },
				},
		);
		if (project === undefined) return refuse(gatewayError("NOT_FOUND", { message: "Unknown project" }));
		return privateReply({ key: secret.text, details: keyView(key) }, 201);
	},

	revokeKey: (call, services) => revoke(call, call.parameters.keyId, services),

	async revokeNamedKey(call, services) {
		const query = readQuery(call.request, revokeQuery);
		return query.ok ? revoke(call, query.value.keyId, services) : query;
	},

	async rotateKey(call, services) {
		const { parameters: { projectId = "" }, body: { keyId, graceSeconds } } = call;
		const now = services.runtime.now();
		const secret = services.keys.create();
		const next = { hash: secret.hash, prefix: secret.prefix, ...(graceSeconds === 0 ? {} : { previousUntil: now + graceSeconds * 1000 }) };
		const organisationId = (await services.store.tenancy.findProject(projectId))?.organisationId;
		const rotated = await audited(
			call,
			services,
			async ({ tenancy }): Promise<Decoded<VirtualKey, GatewayError>> => {
				const found = await findKey(projectId, keyId, tenancy);
				if (!found.ok) return found;
				const { id, expiresAt = Number.POSITIVE_INFINITY } = found.value;
				if (expiresAt <= now) return refuse(gatewayError("CONFLICT", { message: "The key has expired: create another one" }));
				const key = await tenancy.rotateKey(projectId, id, next);
				return key === undefined ? refuse(unknown) : { ok: true, value: key };
			},
			(result) =>
				result.ok
					? { action: "key.rotated", organisationId, projectId, target: result.value.id, details: { previousUntil: result.value.previousUntil } }
					: undefined,
		);
		services.keys.forget();
		return rotated.ok ? privateReply({ key: secret.text, details: keyView(rotated.value) }) : rotated;
	},
} satisfies Partial<Surface<"accounts">["handlers"]>;

async function revoke(call: Call<undefined>, keyId: string | undefined, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const { projectId = "" } = call.parameters;
	const organisationId = (await services.store.tenancy.findProject(projectId))?.organisationId;
	const revoked = await audited(
		call,
		services,
		async ({ tenancy }): Promise<Decoded<string, GatewayError>> => {
			const found = await findKey(projectId, keyId, tenancy);
			if (!found.ok) return found;
			const { id } = found.value;
			return (await tenancy.revokeKey(projectId, id, services.runtime.now())) ? { ok: true, value: id } : refuse(unknown);
		},
		(result) => (result.ok ? { action: "key.revoked", organisationId, projectId, target: result.value } : undefined),
	);
	services.keys.forget();
	return revoked.ok ? privateReply({ id: revoked.value, deleted: true }) : revoked;
}

/** The key that is named, or the only one. */
async function findKey(projectId: string, keyId: string | undefined, tenancy: TenancyStore): Promise<Decoded<VirtualKey, GatewayError>> {
	const keys = await tenancy.listKeys(projectId);
	if (keyId === undefined && keys.length > 1) return refuse(validationError([{ path: "keyId", message: `Name the key: the project has ${keys.length}` }], "Which key?"));
	const key = keyId === undefined ? keys[0] : keys.find(({ id }) => id === keyId);
	return key === undefined ? refuse(unknown) : { ok: true, value: key };
}
