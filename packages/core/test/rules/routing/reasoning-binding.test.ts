import { describe, expect, it } from "vitest";
import type { AssistantPart, Prompt } from "../../../src/contract/prompt.ts";
import { bindAnswer, bindEvents, bindingOf, boundTo, unbindPrompt } from "../../../src/rules/routing/reasoning-binding.ts";
import { provider, target } from "./target.ts";

const one = target("openai/o3");
const other = target("openai#2/o3");
const reasoning = (encrypted: string): AssistantPart => ({ type: "reasoning", text: "", metadata: { responses: { id: "rs_1", encrypted_content: encrypted } } });
const prompt = (...content: AssistantPart[]): Prompt => ({
	messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }, { role: "assistant", content }, { role: "user", content: [{ type: "text", text: "Go on" }] }],
	settings: {},
});
const bound = (encrypted: string, by = one) => bindAnswer({ content: [reasoning(encrypted)], finish: { reason: "stop", usage: {} } }, bindingOf(by)).content;

describe("encrypted reasoning (litellm-docs responses_api_encrypted_content_incident, llmgateway PR #3600)", () => {
	it("comes back to its own credential as it left it", () => {
		expect(bound("secret")).not.toEqual([reasoning("secret")]);
		const asked = prompt(...(bound("secret") as AssistantPart[]));
		expect(boundTo(asked)).toEqual(bindingOf(one));
		expect(unbindPrompt(asked, bindingOf(one))).toEqual({ prompt: prompt(reasoning("secret")), warnings: [] });
	});

	it("is left out for another credential, with a warning", () => {
		const { prompt: shown, warnings } = unbindPrompt(prompt(...(bound("secret") as AssistantPart[])), bindingOf(other));
		expect(JSON.stringify(shown)).not.toContain("secret");
		expect(warnings).toMatchObject([{ code: "unsupported-part", field: "reasoning" }]);
	});

	it("goes with the newest where a conversation changed its target", () => {
		expect(boundTo(prompt(...(bound("a", one) as AssistantPart[]), ...(bound("b", other) as AssistantPart[])))).toEqual(bindingOf(other));
	});

	it("stays as it is where the gateway never saw it made", () => {
		const foreign = prompt(reasoning("gAAAA"));
		expect(boundTo(foreign)).toBeUndefined();
		expect(unbindPrompt(foreign, bindingOf(one))).toEqual({ prompt: foreign, warnings: [] });
	});

	it("is marked in streams as in whole answers", () => {
		const metadata = { responses: { id: "rs_1", encrypted_content: "secret" } };
		const events = bindEvents([{ type: "reasoning-start", id: "1" }, { type: "text-delta", id: "2", delta: "secret" }, { type: "reasoning-end", id: "1", metadata }], bindingOf(one));
		const [whole] = bound("secret");
		expect(events).toEqual([
			{ type: "reasoning-start", id: "1" },
			{ type: "text-delta", id: "2", delta: "secret" },
			{ type: "reasoning-end", id: "1", metadata: whole?.type === "reasoning" ? whole.metadata : undefined },
		]);
	});

	it("tells credentials, addresses and models apart", () => {
		const elsewhere = target("openai/o3", { provider: provider({ baseUrl: "http://elsewhere" }) });
		expect(new Set([one, other, elsewhere].map((each) => bindingOf(each).credential)).size).toBe(3);
		expect(bindingOf(target("openai/o4")).credential).toBe(bindingOf(one).credential);
		expect(bindingOf(target("openai/o4")).model).not.toBe(bindingOf(one).model);
	});
});
