import type { JsonObject } from "../../contract/json.ts";
import { asObject, parseJson } from "../../rules/dialects/json-fields.ts";
import { type Send, SendError } from "../../rules/providers/transport.ts";
import { reviveOptions } from "./call-options.ts";
import { writeJson } from "./json-writer.ts";
import { type AiSdkModel, versionOf } from "./model.ts";
import { partSource } from "./part-source.ts";
import { textSource } from "./text-source.ts";
import { responseOfThrown } from "./thrown.ts";

/** A `send` that asks models instead of the network; the address names the model and the way to answer. */
export function modelSend(modelOf: (modelId: string) => AiSdkModel): Send {
	return async ({ url, headers, body = "", signal }) => {
		const [, encodedId = "", way] = /\/models\/([^/]+)\/(generate|stream)$/.exec(url) ?? [];
		try {
			const model = modelOf(decodeURIComponent(encodedId));
			const version = versionOf(model) ?? "v4";
			const options = { ...reviveOptions(asObject(parseJson(body)) ?? {}, version), headers, abortSignal: signal };
			if (way === "stream") {
				const { stream } = await untilAborted(Promise.resolve(model.doStream(options)), signal, ({ stream: late }) => late.cancel());
				return { status: 200, headers: { "content-type": "application/x-ndjson" }, body: partSource(stream, signal) };
			}
			const result = await untilAborted(Promise.resolve(model.doGenerate(options)), signal);
			return { status: 200, headers: { "content-type": "application/json" }, body: textSource(writeJson(answerFields(result))) };
		} catch (error) {
			return responseOfThrown(error, signal);
		}
	};
}

/** Models may ignore the signal. @param letGo of what comes too late. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal, letGo: (value: Value) => Promise<void> | undefined = () => undefined): Promise<Value> {
	return new Promise((resolve, reject) => {
		const abort = () => {
			reject(new SendError("aborted", "The request was cancelled"));
			promise.then(letGo).catch(() => {});
		};
		if (signal.aborted) return abort();
		signal.addEventListener("abort", abort, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
	});
}

/** Requests, raw bodies and headers stay behind. */
function answerFields(result: object): JsonObject {
	const field = (name: string) => Reflect.get(result, name);
	const { id, modelId, timestamp } = Object(field("response"));
	return {
		content: field("content"),
		finishReason: field("finishReason"),
		usage: field("usage"),
		providerMetadata: field("providerMetadata"),
		response: { id, modelId, timestamp },
		warnings: field("warnings"),
	};
}
