import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import { mayUse } from "../effects/candidates.ts";
import type { Services } from "../effects/services.ts";
import { jsonReply } from "../http/json-reply.ts";
import type { Reply } from "../http/reply.ts";
import type { Call } from "../http/surface.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { type Catalog, findModel, type ListedModel, listModels } from "../rules/routing/models.ts";

/** The models and routes that the caller may use. */
export async function usableModels({ principal }: Pick<Call<unknown>, "principal">, services: ModelServices): Promise<readonly ListedModel[]> {
	const catalog = await catalogOf(principal, services);
	return listModels(catalog).filter(({ id }) => mayUse(id, principal, catalog));
}

/** The model that the path names, in a family's own form. */
export async function modelReply(
	{ parameters, principal }: Pick<Call<unknown>, "parameters" | "principal">,
	services: ModelServices,
	modelObject: (model: ListedModel) => object,
): Promise<Decoded<Reply, GatewayError>> {
	const catalog = await catalogOf(principal, services);
	const model = findModel(parameters.model ?? "", catalog);
	if (model === undefined || !mayUse(model.id, principal, catalog)) return { ok: false, problem: gatewayError("MODEL_NOT_FOUND", { param: "model" }) };
	return { ok: true, value: jsonReply(modelObject(model)) };
}

type ModelServices = Pick<Services, "credentials" | "models">;

/** With what stored credentials open. */
async function catalogOf({ projectId }: Principal, { credentials, models }: ModelServices): Promise<Catalog> {
	return { routing: await credentials.routingFor(projectId), models };
}
