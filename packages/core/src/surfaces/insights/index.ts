import { errorReply, posternErrorBody } from "../../http/json-reply.ts";
import type { Surface } from "../../http/surface.ts";
import { analyticsHandlers } from "./analytics.ts";
import { exportUsage } from "./export.ts";
import { postFeedback } from "./feedback.ts";
import { getRequest } from "./trace.ts";
import { weightHandlers } from "./weights.ts";

/** What was asked, what it cost and how it went. */
export const insightsSurface: Surface<"insights"> = {
	id: "insights",
	errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
	handlers: { ...analyticsHandlers, ...weightHandlers, exportUsage, getRequest, postFeedback },
};
