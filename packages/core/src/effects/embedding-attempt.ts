import type { EmbeddingRequest } from "../contract/embedding.ts";
import type { Failure } from "../contract/failure.ts";
import type { Decoded, EmbeddingCodec } from "../rules/dialects/dialect.ts";
import { providerCodecs } from "../rules/dialects/index.ts";
import type { EmbeddingFold, InputGroup } from "../rules/embeddings/fold.ts";
import type { Provider } from "../rules/providers/provider.ts";
import type { Target } from "../rules/routing/target.ts";
import { cleaned, isFailure, readJson, type UpstreamCall } from "./upstream-call.ts";

/** How many requests of one attempt are under way at once. */
const concurrency = 4;

/**
 * Asks for what the fold still misses, in as many requests as the vendor's limit makes of it. The first failure ends the others; what
 * has come until then stays in the fold.
 */
export async function embedMissing(
	call: UpstreamCall,
	{ provider, model }: Target,
	request: EmbeddingRequest,
	fold: EmbeddingFold,
): Promise<Decoded<EmbeddingFold, Failure>> {
	const { quirks, secrets } = provider;
	const codec = codecOf(provider);
	const groups = fold.missing(Math.min(codec.maxInputs, quirks.maxEmbeddingInputs ?? codec.maxInputs)).values();
	let failure: Failure | undefined;

	async function ask(group: InputGroup): Promise<Failure | undefined> {
		const part = { ...request, inputs: group.inputs };
		const encoded = codec.encodeRequest(part, { model, quirks });
		const response = await call.send(codec.path({ model, quirks }), encoded);
		if (isFailure(response)) return response;
		try {
			const read = await readJson(response.body);
			if (!("json" in read)) return read;
			const decoded = codec.decodeAnswer(read.json, part);
			if (!decoded.ok) return cleaned(decoded.problem, secrets);
			fold.push(group, decoded.value, encoded.warnings);
			return undefined;
		} catch (error) {
			return call.failureFrom(error);
		}
	}

	/** Takes group after group, as its siblings do from the same iterator. */
	async function work(): Promise<void> {
		for (const group of groups) {
			if (failure !== undefined) return;
			const problem = await ask(group);
			if (problem === undefined) continue;
			failure ??= problem;
			call.abort(failure);
		}
	}

	await Promise.all(Array.from({ length: concurrency }, work));
	return failure === undefined ? { ok: true, value: fold } : { ok: false, problem: failure };
}

/** Targets without one have been left out of the plan. */
function codecOf({ dialect }: Provider): EmbeddingCodec {
	const codec = providerCodecs[dialect].embedding;
	if (codec === undefined) throw new TypeError(`${dialect} has no embeddings`);
	return codec;
}
