import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import { allowsModel } from "../rules/auth/scopes.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { type Candidates, findCandidates, type ModelRequest } from "../rules/routing/plan.ts";
import type { Services } from "./services.ts";

/** Whether a model or route is one that the caller may use: the others are not listed for it. */
export function mayUse(model: string, principal: Principal, services: Pick<Services, "routing">): boolean {
	if (principal.scopes?.models === undefined) return true;
	const found = findAllowed({ model }, principal, services);
	return found.ok || found.problem.code !== "FORBIDDEN";
}

/** The targets that a caller's words lead to and that it may use. */
export function findAllowed(request: ModelRequest, { scopes }: Principal, { routing }: Pick<Services, "routing">): Decoded<Candidates, GatewayError> {
	const found = findCandidates(request, routing);
	if (!found.ok || scopes?.models === undefined) return found;
	const { route, requested, targets } = found.value;
	if (route !== undefined && allowsModel(scopes, route)) return found;
	const [first, ...rest] = targets.filter(({ providerName, model }) => allowsModel(scopes, `${providerName}/${model}`));
	if (first !== undefined) return { ok: true, value: { ...found.value, targets: [first, ...rest] } };
	return { ok: false, problem: gatewayError("FORBIDDEN", { message: `This key may not use the model ${JSON.stringify(requested.slice(0, 80))}`, param: "model" }) };
}
