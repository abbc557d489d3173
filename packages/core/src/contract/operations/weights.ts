import { z } from "zod";
import { type Operation, requestErrors } from "../operation.ts";

const count = z.int().nonnegative();
const provider = z.string().min(1).max(200);
const model = z.string().min(1).max(500);
const share = z.number().min(0).max(1);

export const routerWeights = z
	.object({
		weights: z.array(
			z.object({
				provider: z.string(),
				model: z.string(),
				totalCalls: count.meta({ description: "On routes that learn" }),
				avgLatencyMs: z.number().nonnegative().meta({ description: "0 where nothing was measured" }),
				avgTokensOut: z.number().nonnegative().meta({ description: "0 where nothing was measured" }),
				score: share.meta({ description: "What is believed of the quality of its answers: the operator's score, moved by the feedback since" }),
			}),
		),
	})
	.meta({ id: "RouterWeights" });
export type RouterWeights = z.output<typeof routerWeights>;

export const weightsRequest = z
	.object({
		weights: z.array(
			z
				.object({
					provider,
					model,
					score: share.nullable().meta({ description: "The quality of its answers; null takes an earlier score away" }),
				})
				.meta({ description: "Whatever else `GET` tells of a model may stand here and changes nothing" }),
		),
	})
	.meta({ id: "RouterWeightsRequest" });
export type WeightsRequest = z.input<typeof weightsRequest>;

export const weightsSaved = z.object({ saved: count.meta({ description: "How many were read" }) }).meta({ id: "RouterWeightsSaved" });
export type WeightsSaved = z.output<typeof weightsSaved>;

const requestId = z.string().min(1).max(200);
export const feedbackRequest = z
	.strictObject({
		requestId: requestId.optional().meta({ description: "As `x-request-id` told it", example: "req_5f0c7d1e2a3b4c5d6e7f8091" }),
		request_id: requestId.optional().meta({ description: "The same, as answers to `/v1/prompt` write it" }),
		score: share.meta({ description: "How good the answer was: 0 of no use, 1 as good as can be" }),
	})
	.superRefine(({ requestId: one, request_id: other }, context) => {
		if (one === undefined && other === undefined) context.addIssue({ code: "custom", path: ["requestId"], message: "Missing: the id of the request that the answer was given to" });
		if (one !== undefined && other !== undefined) context.addIssue({ code: "custom", path: ["request_id"], message: "Name the request once: here or as requestId" });
	})
	.meta({ id: "FeedbackRequest" });
export type FeedbackRequest = z.input<typeof feedbackRequest>;

export const feedbackSaved = z.object({ saved: z.literal(true) }).meta({ id: "FeedbackSaved" });
export type FeedbackSaved = z.output<typeof feedbackSaved>;

const query = { projectId: "The project (also as header `x-project-id`). A key has its own; the operator may leave it out: requests that belong to no project" } as const;

export const weightOperations = {
	getWeights: {
		surface: "insights",
		method: "GET",
		path: "/v1/weights",
		summary: "What the router has learnt of each model in a project",
		description: "All models of routes that learn, and whatever else was learnt of or given a score.",
		access: "principal",
		query,
		output: { kind: "json", schema: routerWeights },
		errors: ["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN", "NOT_FOUND"],
	},
	putWeights: {
		surface: "insights",
		method: "PUT",
		path: "/v1/weights",
		summary: "Say how good models' answers are in a project",
		description:
			"For the operator and the project's admins. Models that are not named keep their scores. A score is worth fifty words of feedback, and feedback given since moves it. On this gateway at once, on others that share the store within two seconds.",
		access: "person",
		query,
		body: weightsRequest,
		bodyWords: { "": "Invalid JSON body", weights: "Missing weights array" },
		output: { kind: "json", schema: weightsSaved },
		errors: [...requestErrors, "NOT_FOUND", "CONFLICT"],
		example: { weights: [{ provider: "openai", model: "gpt-4o", score: 0.85 }] },
	},
	postFeedback: {
		surface: "insights",
		method: "POST",
		path: "/v1/feedback",
		summary: "Say how good an answer was",
		description: "For whoever may see the request. A later word takes the place of an earlier one. Routes that learn choose by it.",
		access: "principal",
		body: feedbackRequest,
		output: { kind: "json", schema: feedbackSaved },
		errors: [...requestErrors, "NOT_FOUND", "CONFLICT"],
		example: { requestId: "req_5f0c7d1e2a3b4c5d6e7f8091", score: 0.9 },
	},
} as const satisfies Record<string, Operation>;
