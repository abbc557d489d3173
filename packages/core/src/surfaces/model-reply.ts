import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Services } from "../effects/services.ts";
import { jsonReply } from "../http/json-reply.ts";
import type { Reply } from "../http/reply.ts";
import type { Call } from "../http/surface.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { findModel, type ListedModel } from "../rules/routing/models.ts";

/** The model that the path names, in a family's own form. */
export async function modelReply(
	{ parameters }: Pick<Call<unknown>, "parameters">,
	services: Pick<Services, "routing" | "models">,
	modelObject: (model: ListedModel) => object,
): Promise<Decoded<Reply, GatewayError>> {
	const model = findModel(parameters.model ?? "", services);
	if (model === undefined) return { ok: false, problem: gatewayError("MODEL_NOT_FOUND", { param: "model" }) };
	return { ok: true, value: jsonReply(modelObject(model)) };
}
