import type { EmbeddingRequest } from "../../contract/embedding.ts";
import { gatewayError, type GatewayError, type Issue } from "../../contract/errors.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { providerCodecs } from "../dialects/index.ts";
import type { Candidates, RoutingTable } from "../routing/plan.ts";

/** The candidates that can make these embeddings. Where none can, the caller is told why, and who can. */
export function embeddingCandidates(candidates: Candidates, request: EmbeddingRequest, table: RoutingTable): Decoded<Candidates, GatewayError> {
	const issues: Issue[] = [];
	const [first, ...rest] = candidates.targets.filter(({ provider, providerName }) => {
		const codec = providerCodecs[provider.dialect].embedding;
		const issue = codec === undefined ? { path: "model", message: `${providerName} makes no embeddings. ${known(table)}` } : codec.refuse?.(request);
		if (issue !== undefined) issues.push(issue);
		return issue === undefined;
	});
	if (first !== undefined) return { ok: true, value: { ...candidates, targets: [first, ...rest] } };
	// What is wrong with the request is worth more than who cannot at all.
	const told = issues.find(({ path }) => path !== "model") ?? issues[0];
	const { path, message } = told ?? { path: "model", message: known(table) };
	return { ok: false, problem: gatewayError("VALIDATION_ERROR", { message: `${path}: ${message}`, param: path, issues: [{ path, message }] }) };
}

function known({ providers }: RoutingTable): string {
	const names = Object.entries(providers)
		.filter(([, [provider]]) => provider.unavailable === undefined && providerCodecs[provider.dialect].embedding !== undefined)
		.map(([name]) => name);
	return names.length === 0 ? "No provider of this gateway does" : `These providers do: ${names.join(", ")}`;
}
