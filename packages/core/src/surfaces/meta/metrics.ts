import { surfaceIds } from "../../contract/operation.ts";
import type { Services } from "../../effects/services.ts";
import type { Reply } from "../../http/reply.ts";
import { expositionText, type Metric, type Sample } from "../../rules/metrics/exposition.ts";

/** What was counted, and how things stand now. */
export function metricsReply(services: Services): Reply {
	const body = expositionText([...services.metrics.list(), ...standing(services)]);
	return { status: 200, headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" }, body };
}

function standing({ slots, mounted, health }: Services): readonly Metric[] {
	const all = surfaceIds.filter((surface) => mounted.has(surface)).flatMap((surface) =>
		[true, false].map((isStreamed) => ({ labels: { surface, class: isStreamed ? "streaming" : "other" }, own: slots(surface, isStreamed) })),
	);
	const limited = all.flatMap(({ labels, own: { limit, active } }) => (limit === undefined ? [] : [{ labels, limit, active: active() }]));
	return [
		gauge("postern_slots_active", "Requests that run, of surfaces with a limit.", limited.map(({ labels, active }) => ({ labels, value: active }))),
		gauge("postern_slots_limit", "How many may run at once.", limited.map(({ labels, limit }) => ({ labels, value: limit }))),
		gauge("postern_target_resting", "Targets and credentials that rest after failures.", health.resting().slice(0, 200).map((target) => ({ labels: { target }, value: 1 }))),
	];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
	return { name, help, type: "gauge", samples };
}
