import type { EncodeRequestOptions, RequestAddress } from "../dialect.ts";

/** `/models/{model}:generateContent`: the path names the model and what to do with it. Tuned models stand beside the others. */
export function actionPath(model: string, action: string): string {
	const [, collection = "models", id = model] = /^(models|tunedModels)\/(.+)$/.exec(model) ?? [];
	// One segment, whatever a caller put into the name: it must not lead to another address.
	return `/${collection}/${encodeURIComponent(id)}:${action}`;
}

export function generatePath({ model, stream }: EncodeRequestOptions): string {
	return stream ? `${actionPath(model, "streamGenerateContent")}?alt=sse` : actionPath(model, "generateContent");
}

/** The same from the other side: what a path asks for. @returns `undefined` for any other action. */
export function readGeneratePath(path: string): RequestAddress | undefined {
	const [, model, action] = /\/(?:models|tunedModels)\/([^?]+):(\w+)(?:\?|$)/.exec(path) ?? [];
	if (model === undefined || (action !== "generateContent" && action !== "streamGenerateContent")) return undefined;
	return { model: decode(model), stream: action === "streamGenerateContent" };
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
