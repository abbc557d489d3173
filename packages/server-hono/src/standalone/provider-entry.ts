import { presets } from "@postern/core";
import { z } from "zod";

const presetNames = Object.keys(presets) as (keyof typeof presets)[];

/** What a provider of the configuration file can be made from. `openai-compatible` is a server of unknown make. */
export const providerKinds = [...presetNames, "azure", "bedrock", "claude-code", "openai-compatible", "simulator"] as const;
export type ProviderKind = (typeof providerKinds)[number];

export const text = z.string().min(1).describe("a text");
export const names = z.array(text).describe('a list of texts, such as ["Read"]');
export const milliseconds = z.int().positive().describe("a whole number of milliseconds above 0");
export const wholeNumber = z.int().positive().describe("a whole number above 0");
const oneOrMore = (what: string) => z.union([text, z.array(text).min(1)]).describe(what);

const awsCredentials = z
	.union([z.literal("environment"), z.strictObject({ accessKeyId: text, secretAccessKey: text, sessionToken: text.exactOptional() })])
	.describe('"environment" for AWS_ACCESS_KEY_ID and its like, or {"accessKeyId": ..., "secretAccessKey": ...}');

const quirks = z
	.strictObject({
		maxTokensField: z.enum(["max_tokens", "max_completion_tokens"]).describe("max_tokens or max_completion_tokens"),
		streamUsage: z.boolean().describe("true or false"),
		structuredOutput: z.enum(["json-schema", "json-object", "none"]).describe("json-schema, json-object or none"),
		developerRole: z.boolean().describe("true or false"),
		unsupported: names,
	})
	.exactPartial()
	.describe('an object, such as {"structuredOutput": "json-object"}');

/** One provider of the file. Which kind takes which of these, `provider-kinds.ts` knows. */
export const providerEntry = z
	.strictObject({
		preset: z.enum(providerKinds).describe(`one of ${providerKinds.join(", ")}`),
		apiKey: oneOrMore("a text, or a list of them for several credentials"),
		apiKeyEnv: oneOrMore("the name of an environment variable, or a list of them for several credentials"),
		baseUrl: text.describe("an address such as https://api.example.com/v1"),
		headers: z.record(z.string(), z.string()).describe("an object of header names with their values"),
		models: names,
		api: z.enum(["chat", "responses"]).describe("chat or responses"),
		organization: text,
		project: text,
		version: text.describe("a date such as 2023-06-01"),
		beta: names,
		resource: text.describe("the name of the Azure resource"),
		apiVersion: text.describe("v1, preview or a date such as 2024-10-21"),
		deployment: text.describe("the name of a deployment"),
		region: text.describe("the name of an AWS region, such as eu-central-1"),
		credentials: awsCredentials,
		executable: text.describe("a path, or the name of a program in PATH"),
		cwd: text.describe("the path of a folder"),
		tools: names,
		settingSources: z.array(z.enum(["user", "project", "local"])).describe('a list of "user", "project" and "local"'),
		args: z.array(z.string()).describe('a list of arguments, such as ["--max-turns", "5"]'),
		wholeMs: milliseconds,
		streamMs: milliseconds,
		maxProcesses: wholeNumber,
		requestFields: z.record(z.string(), z.json()).describe("an object of fields that every request carries"),
		quirks,
	})
	.exactPartial()
	.describe('an object, such as {"apiKeyEnv": "OPENAI_API_KEY"}');
export type ProviderEntry = z.output<typeof providerEntry>;
