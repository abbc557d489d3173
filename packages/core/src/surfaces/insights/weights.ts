import { z } from "zod";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { RouterWeights } from "../../contract/operations/weights.ts";
import { audited } from "../../effects/audit.ts";
import { findAdministeredScope, findInsightsScope } from "../../effects/insights-scope.ts";
import { keepOwnProject } from "../../effects/own-tenancy.ts";
import type { ModelScore, ScoreChange } from "../../effects/store/learning-store.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import { readQuery } from "../../http/query.ts";
import type { Reply } from "../../http/reply.ts";
import type { Call, Surface } from "../../http/surface.ts";
import { scoresText } from "../../rules/audit/scores-text.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { weightsView } from "../../rules/routing/learn/index.ts";
import { learnedModels, learnedTargets } from "../../rules/routing/learned-models.ts";
import { readNamedProject } from "./named-project.ts";

const weightsQuery = z.strictObject({ projectId: z.string().min(1).optional() });
/** They are read with everything that is known, for every request on a route that learns. */
const maxScores = 1000;

export const weightHandlers = {
	async getWeights({ request, principal }, { store, learner, routing, runtime }) {
		const query = readQuery(request, weightsQuery);
		if (!query.ok) return query;
		const named = readNamedProject(request, query.value.projectId);
		if (!named.ok) return named;
		const scope = await findInsightsScope(principal, named.value, store.tenancy);
		if (!scope.ok) return scope;
		const projectId = scope.value;
		// What was learnt here a moment ago is written first.
		await learner.refresh({ projectId });
		const [learnt, scores] = await Promise.all([store.learning.list(projectId), store.learning.listScores(projectId)]);
		const states = learnt.map(({ state }) => state);
		const models = learnedModels(routing.routes, scores, states);
		return privateReply<RouterWeights>({ weights: [...weightsView(states, models, runtime.now())] });
	},

	async putWeights(call: Call<{ readonly weights: readonly GivenScore[] }>, services) {
		const { request, principal, body: { weights } } = call;
		const { store, learner, routing, runtime } = services;
		const query = readQuery(request, weightsQuery);
		if (!query.ok) return query;
		const named = readNamedProject(request, query.value.projectId);
		if (!named.ok) return named;
		const scope = await findAdministeredScope(principal, named.value, store.tenancy);
		if (!scope.ok) return scope;
		const projectId = scope.value;
		if (weights.length > maxScores) return refuse(validationError([{ path: "weights", message: `more than ${maxScores}` }]));
		const changes = weights.map(({ provider, model, score }) => ({ provider, model, score: score ?? undefined }));
		const outcome = await audited(
			call,
			services,
			async ({ learning, tenancy }): Promise<Decoded<{ readonly organisationId: string | undefined }, GatewayError>> => {
				const kept = projectId === undefined ? undefined : await keepOwnProject(projectId, principal, tenancy, runtime.now());
				if (projectId !== undefined && kept === undefined) return refuse(gatewayError("NOT_FOUND", { message: "Unknown project" }));
				if (countAfter(changes, await learning.listScores(projectId)) > maxScores) {
					return refuse(gatewayError("CONFLICT", { message: `A project has at most ${maxScores} scores: take some away by "score": null` }));
				}
				await learning.putScores(projectId, changes);
				return { ok: true, value: { organisationId: kept?.organisationId } };
			},
			(result) => {
				if (!result.ok || changes.length === 0) return undefined;
				const details = { count: changes.length, scores: scoresText(changes, learnedTargets(routing.routes)) };
				return { action: "weights.changed", organisationId: result.value.organisationId, projectId, target: projectId, details };
			},
		);
		if (!outcome.ok) return outcome;
		await learner.refresh({ projectId });
		return privateReply({ saved: weights.length });
	},
} satisfies Partial<Surface<"insights">["handlers"]>;

interface GivenScore extends Omit<ModelScore, "score"> {
	readonly score: number | null;
}

function countAfter(changes: readonly ScoreChange[], known: readonly ModelScore[]): number {
	const names = new Set(known.map(nameOf));
	for (const change of changes) {
		if (change.score === undefined) names.delete(nameOf(change));
		else names.add(nameOf(change));
	}
	return names.size;
}

function nameOf({ provider, model }: Omit<ScoreChange, "score">): string {
	return JSON.stringify([provider, model]);
}

function privateReply<Body extends object>(body: Body): Decoded<Reply, GatewayError> {
	return { ok: true, value: jsonReply(body, { "cache-control": "no-store" }) };
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}
