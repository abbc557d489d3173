import { z } from "zod";
import type { GatewayError } from "../../contract/errors.ts";
import type { UsageRecord } from "../../contract/session.ts";
import type { Services } from "../../effects/services.ts";
import type { UsageFilter } from "../../effects/store/store.ts";
import type { Reply, StreamBody } from "../../http/reply.ts";
import type { Call } from "../../http/surface.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { csvHeader, csvLine, csvRecord } from "../../rules/usage/csv.ts";
import { askedFields, readAsked } from "./analytics.ts";

const exportQuery = z.strictObject(askedFields);
/** A page is read when the one before it was taken: an export of any length needs no more memory than this. */
const pageSize = 500;

/** The records themselves, page by page. The first page is there before the answer begins. */
export async function exportUsage(call: Call<undefined>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const asked = await readAsked(call, exportQuery, services);
	if (!asked.ok) return asked;
	const { projectId, period } = asked.value;
	const filter: UsageFilter = { from: period.from, to: period.to, limit: pageSize, ...(projectId === undefined ? {} : { projectId }) };
	const first = await services.store.listUsage(filter);
	const headers = {
		"content-type": "text/csv; charset=utf-8; header=present",
		"content-disposition": 'attachment; filename="usage.csv"',
		"cache-control": "no-store",
		"x-content-type-options": "nosniff",
	};
	return { ok: true, value: { status: 200, headers, body: pages(call.requestId, first, filter, services) } };
}

function pages(requestId: string, first: readonly UsageRecord[], filter: UsageFilter, { store, runtime }: Services): StreamBody {
	let isComplete = false;
	async function* read(): AsyncGenerator<string, void, undefined> {
		try {
			yield csvHeader + first.map(csvRecord).join("");
			for (let page = first; page.length === pageSize; ) {
				const last = page.at(-1);
				if (last === undefined) break;
				page = await store.listUsage({ ...filter, behind: { id: last.id, startedAt: last.startedAt } });
				if (page.length > 0) yield page.map(csvRecord).join("");
			}
			isComplete = true;
		} catch (error) {
			runtime.observe({ type: "internal-error", requestId, error });
			yield csvLine(["ERROR"]);
		}
	}
	return { [Symbol.asyncIterator]: read, isComplete: () => isComplete };
}
