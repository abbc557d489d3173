import { describe, expect, test } from "vitest";
import { vendorsFromEnvironment } from "../../../src/rules/providers/environment.ts";

const azure = { AZURE_OPENAI_API_KEY: "azure-key-1", AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com/" };
const bedrock = { AWS_BEARER_TOKEN_BEDROCK: "bedrock-key-1", AWS_REGION: "eu-central-1" };

describe("clouds in the environment", () => {
	test("are there where key and place are told", () => {
		const providers = vendorsFromEnvironment({ ...azure, ...bedrock });
		expect(providers["azure"]).toMatchObject({ baseUrl: "https://acme.openai.azure.com/openai/v1", secrets: ["azure-key-1"] });
		expect(providers["bedrock"]).toMatchObject({ baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com", secrets: ["bedrock-key-1"] });
	});

	test.each([...Object.keys(azure), ...Object.keys(bedrock)])("are not there without %s", (variable) => {
		expect(Object.keys(vendorsFromEnvironment({ ...azure, ...bedrock, [variable]: " " }))).toHaveLength(1);
	});

	test("do not come of AWS's own keys", () => {
		expect(vendorsFromEnvironment({ AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-central-1" })).toEqual({});
	});

	test("name the variable that is wrong", () => {
		expect(() => vendorsFromEnvironment({ ...azure, AZURE_OPENAI_ENDPOINT: "acme" })).toThrow("AZURE_OPENAI_ENDPOINT is not a URL");
		expect(() => vendorsFromEnvironment({ ...bedrock, AWS_REGION: "eu central" })).toThrow("AWS_REGION must be");
	});
});
