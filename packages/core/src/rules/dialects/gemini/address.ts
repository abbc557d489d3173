import type { EncodeRequestOptions, RequestAddress } from "../dialect.ts";

/** `/models/{model}:generateContent`: the path names the model and what to do with it. Tuned models stand beside the others. */
export function actionPath(model: string, action: string): string {
	const [, collection = "models", id = model] = /^(models|tunedModels)\/(.+)$/.exec(model) ?? [];
	// One segment, whatever a caller put into the name: it must not lead to another address.
	return `/${collection}/${encodeURIComponent(id)}:${action}`;
}

/** A model's name as it stands in bodies. */
export function resourceName(model: string): string {
	return /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
}

export function generatePath({ model, stream }: EncodeRequestOptions): string {
	return stream ? `${actionPath(model, "streamGenerateContent")}?alt=sse` : actionPath(model, "generateContent");
}

/** The same from the other side: what a path asks for. @returns `undefined` for any other action. */
export function readGeneratePath(path: string): RequestAddress | undefined {
	const { model, action } = readPath(path);
	if (action !== "generateContent" && action !== "streamGenerateContent") return undefined;
	return { model, stream: action === "streamGenerateContent" };
}

/** Empty where the path is none of this dialect. */
export function readPath(path: string): { readonly model: string; readonly action: string } {
	const [, model = "", action = ""] = /\/(?:models|tunedModels)\/([^?]+):(\w+)(?:\?|$)/.exec(path) ?? [];
	return { model: decode(model), action };
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
