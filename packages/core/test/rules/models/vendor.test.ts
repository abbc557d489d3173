import { expect, it } from "vitest";
import { vendorOf } from "../../../src/rules/models/vendor.ts";
import { azureOpenAi } from "../../../src/rules/providers/azure-openai.ts";
import { bedrock } from "../../../src/rules/providers/bedrock.ts";
import { openaiCompatible } from "../../../src/rules/providers/openai-compatible.ts";
import { openai } from "../../../src/rules/providers/openai.ts";

it.each([
	["openai", openai({ apiKey: "k" }), "openai"],
	// The address tells, not the name.
	["fast", openai({ apiKey: "k" }), "openai"],
	["openai", openaiCompatible({ preset: "groq", apiKey: "k" }), "groq"],
	["cloud", azureOpenAi({ resource: "acme", apiKey: "k" }), "azure"],
	["aws", bedrock({ region: "eu-central-1", apiKey: "k" }), "bedrock"],
	// A proxy has any address.
	["openai", openai({ apiKey: "k", baseUrl: "https://proxy.acme.example" }), "openai"],
	["mine", openai({ apiKey: "k", baseUrl: "https://proxy.acme.example" }), "mine"],
])("%s, number %#", (name, provider, vendor) => {
	expect(vendorOf(name, provider)).toBe(vendor);
});
