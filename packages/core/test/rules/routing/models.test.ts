import { describe, expect, it } from "vitest";
import { createModelTable } from "../../../src/rules/models/table.ts";
import { type Catalog, findModel, listModels } from "../../../src/rules/routing/models.ts";
import { routeOf } from "../../../src/rules/routing/route.ts";
import { provider } from "./target.ts";

const catalog: Catalog = {
	routing: {
		providers: {
			openai: [provider({ models: ["gpt-4o", "unheard-of"] }), provider()],
			anthropic: [provider({ models: ["claude-haiku-4-5"] })],
			keyless: [provider({ models: ["any"], unavailable: "has no key" })],
			halved: [provider({ models: ["any"], unavailable: "has no key" }), provider()],
		},
		routes: {
			both: routeOf(["openai/gpt-4o", "anthropic/claude-haiku-4-5"]),
			one: routeOf(["openai/gpt-4o"]),
			dark: routeOf(["openai/gpt-4o", "openai/unheard-of"]),
			gone: routeOf(["keyless/any"]),
		},
		defaultModel: undefined,
	},
	models: createModelTable(),
};

describe("the list of models", () => {
	it("has the routes, then the models of the providers that can be called", () => {
		expect(listModels(catalog).map(({ id, ownedBy }) => [id, ownedBy])).toEqual([
			["both", "postern"],
			["one", "postern"],
			["dark", "postern"],
			["gone", "postern"],
			["openai/gpt-4o", "openai"],
			["openai/unheard-of", "openai"],
			["anthropic/claude-haiku-4-5", "anthropic"],
			["halved/any", "halved"],
		]);
	});

	it("tells what is known of a model, and nothing of others", () => {
		expect(findModel("openai/gpt-4o", catalog)?.facts).toMatchObject({ contextWindow: 128_000, tools: true, prices: { input: 2.5 } });
		expect(findModel("openai/unheard-of", catalog)).toEqual({ id: "openai/unheard-of", ownedBy: "openai" });
	});

	it("tells of a route what all of its targets can do", () => {
		expect(findModel("both", catalog)?.facts).toMatchObject({ contextWindow: 128_000, maxOutputTokens: 16_384, tools: true, reasoning: false });
		expect(findModel("both", catalog)?.facts).not.toHaveProperty("prices");
		expect(findModel("one", catalog)?.facts).toEqual(findModel("openai/gpt-4o", catalog)?.facts);
		expect(findModel("dark", catalog)?.facts).not.toHaveProperty("contextWindow");
		expect(findModel("gone", catalog)).toEqual({ id: "gone", ownedBy: "postern" });
	});

	it("finds what is not listed by the name of its provider, and nothing else", () => {
		expect(findModel("openai/gpt-4o-2024-08-06", catalog)).toMatchObject({ id: "openai/gpt-4o-2024-08-06", ownedBy: "openai", facts: { contextWindow: 128_000 } });
		for (const id of ["nobody/gpt-4o", "gpt-4o", "openai/", "/gpt-4o", "", "constructor", "constructor/x"]) expect(findModel(id, catalog), id).toBeUndefined();
	});
});
