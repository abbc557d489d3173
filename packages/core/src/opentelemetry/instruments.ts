import type { Histogram, Meter } from "@opentelemetry/api";

/** The standard metrics of the conventions, all histograms: in seconds, and tokens. */
export interface Instruments {
	readonly attemptSeconds: Histogram;
	readonly attemptTokens: Histogram;
	readonly attemptFirstChunkSeconds: Histogram;
	readonly exchangeSeconds: Histogram;
	readonly exchangeFirstTokenSeconds: Histogram;
	readonly exchangeTokenSeconds: Histogram;
}

export function createInstruments(meter: Meter): Instruments {
	const histogram = (name: string, unit: string, description: string, boundaries: readonly number[]) =>
		meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...boundaries] } });
	return {
		attemptSeconds: histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration.", operationBounds),
		attemptTokens: histogram("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", tokenBounds),
		attemptFirstChunkSeconds: histogram("gen_ai.client.operation.time_to_first_chunk", "s", "Time to receive the first chunk.", operationBounds),
		exchangeSeconds: histogram("gen_ai.server.request.duration", "s", "Generative AI server request duration.", operationBounds),
		exchangeFirstTokenSeconds: histogram("gen_ai.server.time_to_first_token", "s", "Time to generate first token for successful responses.", firstTokenBounds),
		exchangeTokenSeconds: histogram("gen_ai.server.time_per_output_token", "s", "Time per output token generated after the first token.", tokenSecondsBounds),
	};
}

const operationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const firstTokenBounds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const tokenSecondsBounds = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
