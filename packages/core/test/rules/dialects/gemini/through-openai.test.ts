import { expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { chatCompletionRequest } from "../../../../src/contract/wire/openai-chat.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { chunk, context, decodeChunks, end, fold, parseSse, prompted } from "./helpers.ts";

const call = (name: string, more: JsonObject = {}) => ({ functionCall: { name, args: { n: 1 } }, ...more });
const events = decodeChunks([chunk([call("f", { thoughtSignature: "c2ln" }), call("g")]), end("STOP")]);

/** Whole and streamed: the message that a client of OpenAI's keeps. */
const whole = (openaiChat.caller.encodeAnswer(fold(events), context).choices as { message: JsonObject }[])[0]?.message;
const streamed = {
	role: "assistant",
	tool_calls: Object.values(
		Object.groupBy(
			parseSse(openaiChat.caller.createStreamEncoder(context).push(events).replace("data: [DONE]\n\n", "")).flatMap(
				(each) => (each.choices as { delta: { tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[] } }[])[0]?.delta.tool_calls ?? [],
			),
			({ index }) => String(index),
		),
	).map((pieces = []) => ({ ...pieces[0], function: { name: pieces[0]?.function.name, arguments: pieces.map((piece) => piece.function.arguments).join("") } })),
};

it.each([
	["whole", whole],
	["streamed", streamed],
])("a signature survives a client of OpenAI's chat completions, %s (OpenChatCut #6)", (_, message) => {
	expect(message).toMatchObject({ tool_calls: [{ extra_content: { google: { thought_signature: "c2ln" } } }, {}] });
	const [first, second] = (message as unknown as { tool_calls: { id: string }[] }).tool_calls;
	const results = [first, second].map((made) => ({ role: "tool", tool_call_id: made?.id, content: "done" }));
	const body = chatCompletionRequest.parse({ model: "m", messages: [{ role: "user", content: "Hi" }, message, ...results] });
	const decoded = openaiChat.caller.decodeRequest(body);
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
	const [, model, user] = prompted(decoded.value.prompt).body.contents as { parts: JsonObject[] }[];
	expect(model?.parts).toEqual([call("f", { thoughtSignature: "c2ln" }), call("g")]);
	// Google gave no ids and gets none: the responses stand in the order of the calls.
	expect(user?.parts).toEqual(["f", "g"].map((name) => ({ functionResponse: { name, response: { output: "done" } } })));
});
