import { errorReply, posternErrorBody } from "../../http/json-reply.ts";
import type { Surface } from "../../http/surface.ts";
import { streamObject, streamText } from "./stream.ts";
import { generateObject, generateText } from "./whole.ts";

/** The text and object operations of the fourth API document: sessions, named events, a wrong token is a 403. */
export const textSurface: Surface<"text"> = {
	id: "text",
	handlers: { generateText, generateObject, streamText, streamObject },
	errorReply(error, requestId) {
		const status = error.code === "INVALID_TOKEN" ? 403 : error.status;
		return errorReply({ ...error, status }, posternErrorBody(error, requestId));
	},
};
