import { z } from "zod";
import type { AuditPage } from "../../contract/audit.ts";
import type { GatewayError } from "../../contract/errors.ts";
import type { Services } from "../../effects/services.ts";
import { readQuery } from "../../http/query.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { privateReply, timeText } from "./tenancy-views.ts";

export const auditHandlers = {
	listAuditEvents: (call, services) => listEvents(call, services, call.parameters.orgId),
	listGatewayAuditEvents: (call, services) => listEvents(call, services, undefined),
} satisfies Partial<Surface<"accounts">["handlers"]>;

const pageQuery = z.strictObject({
	limit: z
		.string()
		.regex(/^(?:[1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000")
		.default("100"),
	before: z.string().min(1).optional(),
});

async function listEvents({ request }: Call<undefined>, { store }: Services, organisationId: string | undefined): Promise<Decoded<Reply, GatewayError>> {
	const query = readQuery(request, pageQuery);
	if (!query.ok) return query;
	const limit = Number(query.value.limit);
	// One more than asked for tells whether there is another page.
	const found = await store.audit.list({ organisationId, before: query.value.before, limit: limit + 1 });
	const events = found.slice(0, limit).map((event) => ({ ...event, at: timeText(event.at) }));
	const last = events.at(-1);
	const page: AuditPage = { events, ...(found.length > limit && last !== undefined ? { next: last.id } : {}) };
	return privateReply(page);
}
