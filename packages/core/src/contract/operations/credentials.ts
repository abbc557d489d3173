import { z } from "zod";
import { type Operation, requestErrors } from "../operation.ts";
import { deleted, listErrors, next, pageQuery, projectId, readErrors, time } from "./tenancy-fields.ts";

const credential = z
	.object({
		id: z.string().meta({ description: "Another one each time that the key changes", example: "crd_5f0c7d1e2a3b4c5d6e7f8091" }),
		provider: z.string(),
		apiKey: z.string().meta({ description: "Masked: the key itself is never shown again", example: "sk-p***wxyz" }),
		createdBy: z.string(),
		createdAt: time,
		updatedAt: time,
	})
	.meta({ id: "ProviderCredential" });
const credentials = z.object({ credentials: z.array(credential), next });

const body = z.strictObject({
	apiKey: z
		.string()
		.trim()
		.min(1)
		.max(8192)
		.regex(/^[\x21-\x7e]*$/, "has characters that no header can carry: copy it again"),
});
const example = { apiKey: "sk-proj-..." };
const provider = { provider: "The provider's name, such as `openai`" } as const;
const capabilityErrors = ["CAPABILITY_ABSENT"] as const;

const inProject = { surface: "accounts", access: { role: "admin", in: "project" } } as const;
const inGateway = { surface: "accounts", access: "operator" } as const;

export const credentialOperations = {
	listProjectCredentials: {
		...inProject,
		method: "GET",
		path: "/v1/projects/:projectId/credentials",
		summary: "The keys of providers that a project brought, masked",
		description: "By provider.",
		parameters: projectId,
		query: pageQuery,
		output: { kind: "json", schema: credentials },
		errors: [...listErrors, ...capabilityErrors],
	},
	putProjectCredential: {
		...inProject,
		method: "PUT",
		path: "/v1/projects/:projectId/credentials/:provider",
		summary: "Bring a project's own key for a provider",
		description: "From then on the project's requests to this provider go with this key and no other. It is kept encrypted and never shown again.",
		parameters: { ...projectId, ...provider },
		body,
		output: { kind: "json", schema: credential },
		errors: [...requestErrors, "NOT_FOUND", ...capabilityErrors],
		example,
	},
	deleteProjectCredential: {
		...inProject,
		method: "DELETE",
		path: "/v1/projects/:projectId/credentials/:provider",
		summary: "Take a project's own key away",
		description: "The project's requests go with the gateway's key again: at once, on other gateways that share the store within a second.",
		parameters: { ...projectId, ...provider },
		output: { kind: "json", schema: deleted },
		errors: [...readErrors, ...capabilityErrors],
	},
	listCredentials: {
		...inGateway,
		method: "GET",
		path: "/v1/credentials",
		summary: "The keys of providers that are stored for all, masked",
		description: "By provider.",
		query: pageQuery,
		output: { kind: "json", schema: credentials },
		errors: ["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN", ...capabilityErrors],
	},
	putCredential: {
		...inGateway,
		method: "PUT",
		path: "/v1/credentials/:provider",
		summary: "Store a key for a provider",
		description: "Used beside the configured ones, or alone where there is none. A known vendor need not be configured at all. It is kept encrypted and never shown again.",
		parameters: provider,
		body,
		output: { kind: "json", schema: credential },
		errors: [...requestErrors, "NOT_FOUND", ...capabilityErrors],
		example,
	},
	deleteCredential: {
		...inGateway,
		method: "DELETE",
		path: "/v1/credentials/:provider",
		summary: "Take a stored key away",
		parameters: provider,
		output: { kind: "json", schema: deleted },
		errors: [...readErrors, ...capabilityErrors],
	},
} as const satisfies Record<string, Operation>;
