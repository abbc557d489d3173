import { describe, expect, test } from "vitest";
import { normalizeBaseUrl } from "../../../src/rules/providers/base-url.ts";
import { ConfigurationError } from "../../../src/rules/providers/configuration-error.ts";

describe("an address without a path gets the version", () => {
	test.each([
		["https://api.openai.com/v1", "https://api.openai.com/v1"],
		["https://api.openai.com/v1/", "https://api.openai.com/v1"],
		["https://api.openai.com", "https://api.openai.com/v1"],
		["http://localhost:11434/", "http://localhost:11434/v1"],
		["https://api.groq.com/openai/v1//", "https://api.groq.com/openai/v1"],
		["https://proxy.example/openai", "https://proxy.example/openai"],
		["https://generativelanguage.example/v1beta/openai/", "https://generativelanguage.example/v1beta/openai"],
		["  http://[::1]:8000  ", "http://[::1]:8000/v1"],
	])("%s", (given, expected) => {
		expect(normalizeBaseUrl(given, "baseUrl", "when-bare")).toBe(expected);
	});
});

describe("an address without a version gets it", () => {
	test.each([
		["https://api.anthropic.com", "https://api.anthropic.com/v1"],
		["https://api.anthropic.com/", "https://api.anthropic.com/v1"],
		["https://api.anthropic.com/v1", "https://api.anthropic.com/v1"],
		["https://proxy.example/anthropic/", "https://proxy.example/anthropic/v1"],
		["https://proxy.example/anthropic/v1/", "https://proxy.example/anthropic/v1"],
		["https://proxy.example/v1/anthropic", "https://proxy.example/v1/anthropic/v1"],
	])("%s", (given, expected) => {
		expect(normalizeBaseUrl(given, "baseUrl", "when-missing")).toBe(expected);
	});
});

test.each([
	["", "OPENAI_BASE_URL is not a URL"],
	["localhost:11434", "OPENAI_BASE_URL must begin with http"],
	["api.openai.com/v1", "OPENAI_BASE_URL is not a URL"],
	["file:///etc/passwd", "OPENAI_BASE_URL must begin with http"],
	["https://user:hunter2@host/v1", "OPENAI_BASE_URL must not hold a user name or password"],
	["https://host/v1?api-version=1", "OPENAI_BASE_URL must not have a query"],
	["https://host/v1#x", "OPENAI_BASE_URL must not have a query"],
])("%j is refused with a sentence that names the field and quotes nothing", (given, message) => {
	const refused = () => normalizeBaseUrl(given, "OPENAI_BASE_URL", "when-bare");
	expect(refused).toThrow(ConfigurationError);
	expect(refused).toThrow(message);
	expect(refused).not.toThrow("hunter2");
});
