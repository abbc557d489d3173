import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryPrompt } from "../rules/dialects/arbitraries.ts";
import { dialects, providers } from "./dialects.ts";
import { guardPrototypes, inTime } from "./expectations.ts";
import { hostileText, hostileValue, mutatedJson } from "./hostile.ts";

guardPrototypes();

describe.each(dialects)("a hostile request of $id", (dialect) => {
	const own = arbitraryPrompt(dialect.id).chain((prompt) => {
		const { body } = dialect.provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		return mutatedJson(JSON.parse(JSON.stringify(body)), "door");
	});
	const body = fc.oneof({ weight: 9, arbitrary: own }, hostileValue("door")).map(hostileText);

	it("is refused by name, or can be asked of every provider", () => {
		let taken = 0;
		fc.assert(
			fc.property(body, fc.boolean(), (text, stream) => {
				const decoded = inTime(() => dialect.accept(JSON.parse(text)));
				if (decoded === undefined) return;
				if (!decoded.ok) {
					expect(decoded.problem.length).toBeGreaterThan(0);
					for (const issue of decoded.problem) expect(issue).toMatchObject({ message: expect.stringMatching(/./) });
					return;
				}
				taken++;
				for (const { provider } of providers) {
					const options = { model: "m", stream, quirks: {} };
					const encoded = inTime(() => provider.encodeRequest(decoded.value.prompt, options));
					expect(JSON.parse(JSON.stringify(encoded.body))).toBeTypeOf("object");
					for (const warning of encoded.warnings) expect(warning.message).not.toBe("");
					expect(provider.path(options)).toMatch(/^\/\S+$/);
				}
			}),
			{ numRuns: 400 },
		);
		// A fuzzer whose every case dies at the schema shows nothing.
		expect(taken).toBeGreaterThan(20);
	});
});
