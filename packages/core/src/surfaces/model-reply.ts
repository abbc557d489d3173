import { gatewayError, type GatewayError } from "../contract/errors.ts";
import { mayUse } from "../effects/candidates.ts";
import type { Services } from "../effects/services.ts";
import { jsonReply } from "../http/json-reply.ts";
import type { Reply } from "../http/reply.ts";
import type { Call } from "../http/surface.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { findModel, type ListedModel, listModels } from "../rules/routing/models.ts";

/** The models and routes that the caller may use. */
export function usableModels({ principal }: Pick<Call<unknown>, "principal">, services: Pick<Services, "routing" | "models">): readonly ListedModel[] {
	return listModels(services).filter(({ id }) => mayUse(id, principal, services));
}

/** The model that the path names, in a family's own form. */
export async function modelReply(
	{ parameters, principal }: Pick<Call<unknown>, "parameters" | "principal">,
	services: Pick<Services, "routing" | "models">,
	modelObject: (model: ListedModel) => object,
): Promise<Decoded<Reply, GatewayError>> {
	const model = findModel(parameters.model ?? "", services);
	if (model === undefined || !mayUse(model.id, principal, services)) return { ok: false, problem: gatewayError("MODEL_NOT_FOUND", { param: "model" }) };
	return { ok: true, value: jsonReply(modelObject(model)) };
}
