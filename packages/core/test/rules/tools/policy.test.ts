import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isToolAllowed, narrowTools, type ToolPolicy } from "../../../src/rules/tools/policy.ts";

describe("narrowing tools", () => {
	it.each([
		["nothing set: no restriction", {}, undefined, undefined],
		["the gateway's list alone", { allowed: ["Read", "Glob"] }, undefined, ["Read", "Glob"]],
		["the request's list alone", {}, ["Read"], ["Read"]],
		["the intersection, in the gateway's order", { allowed: ["Glob", "Read", "Bash"] }, ["Read", "Glob"], ["Glob", "Read"]],
		["a request cannot widen", { allowed: ["Read"] }, ["Bash"], []],
		["the block list goes before the allow list", { allowed: ["Read", "Bash"], disallowed: ["Bash"] }, undefined, ["Read"]],
		["the block list holds against a request, alone too", { disallowed: ["Bash"] }, ["Bash", "Read"], ["Read"]],
		["a blocked tool's scoped form is blocked", { disallowed: ["Bash"] }, ["Bash(git:*)"], []],
		["a scoped form narrows an allowed tool", { allowed: ["Bash"] }, ["Bash(git:*)"], ["Bash(git:*)"]],
		["a whole tool does not pass where a scoped form is allowed", { allowed: ["Bash(git:*)"] }, ["Bash"], ["Bash(git:*)"]],
		["an empty request leaves nothing", {}, [], []],
		["another tool with the same beginning is another tool", { disallowed: ["Bash"] }, ["BashOutput"], ["BashOutput"]],
	] satisfies [string, ToolPolicy, string[] | undefined, string[] | undefined][])("%s", (_, gateway, requested, expected) => {
		expect(narrowTools(gateway, requested).allowed).toEqual(expected);
	});

	it("enforces the block list where it stands alone and the request has none", () => {
		const effective = narrowTools({ disallowed: ["Bash"] });
		expect(isToolAllowed(effective, "Bash")).toBe(false);
		expect(isToolAllowed(effective, "Bash(rm:*)")).toBe(false);
		expect(isToolAllowed(effective, "Read")).toBe(true);
	});

	const name = fc.constantFrom("Read", "Write", "Bash", "Bash(git:*)", "Bash(rm:*)", "Glob", "Glob(src/*)", "x");
	const names = fc.array(name, { maxLength: 6 });
	const policy = fc.record({ allowed: names, disallowed: names }, { requiredKeys: [] });
	const request = fc.option(names, { nil: undefined });

	it("never allows a tool that the gateway alone would not allow", () => {
		fc.assert(
			fc.property(policy, request, name, (gateway, requested, tool) => {
				const alone = narrowTools(gateway);
				if (isToolAllowed(narrowTools(gateway, requested), tool)) expect(isToolAllowed(alone, tool)).toBe(true);
			}),
		);
	});

	it("never lets anything pass that the block list covers", () => {
		fc.assert(
			fc.property(policy, request, name, (gateway, requested, tool) => {
				const scope = tool.includes("(") ? tool.slice(0, tool.indexOf("(")) : tool;
				const isBlocked = gateway.disallowed?.some((blocked) => blocked === tool || blocked === scope) ?? false;
				if (isBlocked) expect(isToolAllowed(narrowTools(gateway, requested), tool)).toBe(false);
			}),
		);
	});

	it("never allows a tool that the request did not name, where it names any", () => {
		fc.assert(
			fc.property(policy, names, name, (gateway, requested, tool) => {
				const scope = tool.includes("(") ? tool.slice(0, tool.indexOf("(")) : tool;
				if (isToolAllowed(narrowTools(gateway, requested), tool)) expect(requested.some((asked) => asked === tool || asked === scope)).toBe(true);
			}),
		);
	});

	it("narrows to the same tools, narrowed twice", () => {
		fc.assert(
			fc.property(policy, names, (gateway, requested) => {
				const once = narrowTools(gateway, requested);
				const twice = narrowTools({ allowed: once.allowed ?? [], disallowed: once.disallowed }, requested);
				expect(twice.allowed?.toSorted()).toEqual(once.allowed?.toSorted());
			}),
		);
	});
});
