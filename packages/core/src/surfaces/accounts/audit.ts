import type { AuditPage } from "../../contract/audit.ts";
import type { GatewayError } from "../../contract/errors.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

export const auditHandlers = {
	listAuditEvents: (call, services) => listEvents(call, services, call.parameters.orgId),
	listGatewayAuditEvents: (call, services) => listEvents(call, services, undefined),
} satisfies Partial<Surface<"accounts">["handlers"]>;

const defaultLimit = 100;
const largestLimit = 1000;

async function listEvents({ request }: Call<undefined>, { store }: Services, organisationId: string | undefined): Promise<Decoded<Reply, GatewayError>> {
	const query = new URLSearchParams(request.query);
	const limit = query.get("limit") ?? String(defaultLimit);
	if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > largestLimit) {
		return { ok: false, problem: validationError([{ path: "limit", message: `must be a whole number from 1 to ${largestLimit}` }]) };
	}
	const before = query.get("before") ?? undefined;
	// One more than asked for tells whether there is another page.
	const found = await store.audit.list({ organisationId, before, limit: Number(limit) + 1 });
	const events = found.slice(0, Number(limit));
	const last = events.at(-1);
	const page: AuditPage = { events: [...events], ...(found.length > events.length && last !== undefined ? { next: last.id } : {}) };
	return { ok: true, value: jsonReply(page, { "cache-control": "no-store" }) };
}
