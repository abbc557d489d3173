import type { OperationInput, OperationResult } from "@postern/core/contract";
import type { CallOptions } from "./options.ts";
import { queryOf } from "./query.ts";
import type { PageRequest } from "./tenancy.ts";
import type { Transport } from "./transport.ts";

export type ProviderKey = OperationInput<"putCredential">;
/** Its `apiKey` is masked: the key itself is never given back. */
export type ProviderCredential = OperationResult<"putCredential">;
export type ProviderCredentials = OperationResult<"listCredentials">;
export type AuditLogPage = OperationResult<"listAuditEvents">;
/** `before` is the page before's `next`. */
export interface AuditLogFilter {
	readonly limit?: number;
	readonly before?: string;
}
type Deleted = OperationResult<"deleteCredential">;

/** Keys of providers that are stored, and what was written down of who did what. */
export interface CredentialMethods {
	listProjectCredentials(projectId: string, page?: PageRequest, options?: CallOptions): Promise<ProviderCredentials>;
	/** From then on the project's requests to this provider go with this key and no other. */
	putProjectCredential(projectId: string, provider: string, key: ProviderKey, options?: CallOptions): Promise<ProviderCredential>;
	deleteProjectCredential(projectId: string, provider: string, options?: CallOptions): Promise<Deleted>;
	/** The operator's, for all projects; so are the next two. */
	listCredentials(page?: PageRequest, options?: CallOptions): Promise<ProviderCredentials>;
	putCredential(provider: string, key: ProviderKey, options?: CallOptions): Promise<ProviderCredential>;
	deleteCredential(provider: string, options?: CallOptions): Promise<Deleted>;
	/** For its owners, newest first. */
	listAuditEvents(organisationId: string, filter?: AuditLogFilter, options?: CallOptions): Promise<AuditLogPage>;
	/** For the operator: what belongs to no organisation. */
	listGatewayAuditEvents(filter?: AuditLogFilter, options?: CallOptions): Promise<AuditLogPage>;
}

export function credentialMethods({ json }: Transport): CredentialMethods {
	const inProject = (id: string) => `/v1/projects/${encodeURIComponent(id)}/credentials`;
	const of = (path: string, provider: string) => `${path}/${encodeURIComponent(provider)}`;
	const inGateway = "/v1/credentials";
	return {
		listProjectCredentials: (id, page, options) => json(`${inProject(id)}${queryOf(page)}`, options),
		putProjectCredential: (id, provider, body, options) => json(of(inProject(id), provider), options, { method: "PUT", body }),
		deleteProjectCredential: (id, provider, options) => json(of(inProject(id), provider), options, { method: "DELETE" }),
		listCredentials: (page, options) => json(`${inGateway}${queryOf(page)}`, options),
		putCredential: (provider, body, options) => json(of(inGateway, provider), options, { method: "PUT", body }),
		deleteCredential: (provider, options) => json(of(inGateway, provider), options, { method: "DELETE" }),
		listAuditEvents: (id, filter, options) => json(`/v1/orgs/${encodeURIComponent(id)}/audit${queryOf(filter)}`, options),
		listGatewayAuditEvents: (filter, options) => json(`/v1/audit${queryOf(filter)}`, options),
	};
}
