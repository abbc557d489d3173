import { type EffectiveTools, narrowTools } from "../../tools/policy.ts";
import type { Warnings } from "../warnings.ts";

/** The tools that Claude Code may use for one request, as it takes them on its command line. */
export interface ToolFlags {
	readonly args: readonly string[];
	/** At least one tool is there. */
	readonly isAny: boolean;
}

/**
 * Claude Code would run its tools on the gateway's machine, so there are none unless the operator named them: for this provider (`own`),
 * or in the gateway's `allowed`. A caller's list only narrows that. What is disallowed is told as well, also where it stands alone.
 */
export function encodeToolPolicy(policy: EffectiveTools | undefined, own: readonly string[] | undefined, warnings: Warnings): ToolFlags {
	const allowed = grantedTools(policy, own).filter((name) => {
		if (isRule(name)) return true;
		warnings.add("unsupported-tool", `tools.${name}`, "Claude Code has no such form of a tool's name; it was left out");
		return false;
	});
	const disallowed = policy?.disallowed ?? [];
	const builtIn = [...new Set(allowed.map(nameOfRule))].filter((name) => !name.startsWith("mcp__"));
	return {
		isAny: allowed.length > 0,
		args: [
			"--tools",
			builtIn.join(","),
			...(allowed.length === 0 ? [] : ["--allowedTools", ...allowed]),
			...(disallowed.length === 0 ? [] : ["--disallowedTools", ...disallowed]),
		],
	};
}

function grantedTools(policy: EffectiveTools | undefined, own: readonly string[] | undefined): readonly string[] {
	if (own !== undefined) return narrowTools({ allowed: own, disallowed: policy?.disallowed ?? [] }, policy?.allowed).allowed ?? [];
	return policy?.isOnlyRequested === true ? [] : (policy?.allowed ?? []);
}

/** `Read`, `Bash(git log:*)`, `mcp__server__tool`. Commas and spaces outside of the brackets would make several of one. */
function isRule(name: string): boolean {
	return /^[A-Za-z_][\w-]*(\([^()\p{Cc}]*\))?$/u.test(name);
}

function nameOfRule(rule: string): string {
	return rule.split("(", 1)[0] ?? rule;
}
