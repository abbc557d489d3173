import { errorReply, posternErrorBody } from "../../http/json-reply.ts";
import type { Surface } from "../../http/surface.ts";
import { auditHandlers } from "./audit.ts";
import { credentialHandlers } from "./credentials.ts";
import { identityHandlers } from "./identities.ts";
import { invitationHandlers } from "./invitations.ts";
import { keyHandlers } from "./keys.ts";
import { limitHandlers } from "./limits.ts";
import { memberHandlers } from "./members.ts";
import { organisationHandlers } from "./organisations.ts";
import { projectHandlers } from "./projects.ts";
import { authHandlers } from "./auth.ts";
import { signInHandlers } from "./sign-in.ts";

/** People, organisations, projects and their keys. */
export const accountsSurface: Surface<"accounts"> = {
	id: "accounts",
	errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
	handlers: {
		...organisationHandlers,
		...memberHandlers,
		...invitationHandlers,
		...projectHandlers,
		...keyHandlers,
		...limitHandlers,
		...authHandlers,
		...signInHandlers,
		...identityHandlers,
		...credentialHandlers,
		...auditHandlers,
	},
};
