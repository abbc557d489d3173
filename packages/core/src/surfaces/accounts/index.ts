import { errorReply, posternErrorBody } from "../../http/json-reply.ts";
import type { Surface } from "../../http/surface.ts";
import { auditHandlers } from "./audit.ts";

/** People, organisations, projects and their keys. */
export const accountsSurface: Surface<"accounts"> = {
	id: "accounts",
	errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
	handlers: {
		...auditHandlers,
	},
};
