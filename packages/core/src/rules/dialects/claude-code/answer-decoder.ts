import type { Failure } from "../../../contract/failure.ts";
import type { Json } from "../../../contract/json.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asObject, asText } from "../json-fields.ts";
import { failureOfResult } from "./failure-decoder.ts";
import { sessionMetadata } from "./own-metadata.ts";
import { finishOfResult, modelOfResult, textOfResult } from "./result.ts";

/** A whole answer: the last line of the output. Of the steps on the way it tells nothing but their sum. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const result = asObject(body);
	if (result?.["type"] !== "result") return { ok: false, problem: protocolFailure("Claude Code's answer is not a result") };
	const failure = failureOfResult(result);
	if (failure !== undefined) return { ok: false, problem: failure };
	const text = textOfResult(result);
	const model = modelOfResult(result);
	const metadata = sessionMetadata(asText(result["session_id"]));
	return {
		ok: true,
		value: {
			...(model === undefined ? {} : { model }),
			content: text === undefined ? [] : [{ type: "text", text, ...(metadata === undefined ? {} : { metadata }) }],
			finish: finishOfResult(result),
		},
	};
}
