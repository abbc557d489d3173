/** What a gateway or a request says about tools, by name. `Bash` covers its scoped forms such as `Bash(git:*)`. */
export interface ToolPolicy {
	/** Absent: all tools. */
	readonly allowed?: readonly string[];
	readonly disallowed?: readonly string[];
}

/**
 * What remains for one request. `allowed: undefined` means every tool that `disallowed` does not cover; `disallowed` always
 * goes along, so that whoever runs the tools can enforce it too.
 */
export interface EffectiveTools {
	readonly allowed: readonly string[] | undefined;
	readonly disallowed: readonly string[];
	/** The gateway names no tools itself, so `allowed` is only what the request asked for: no leave to run any on this machine. */
	readonly isOnlyRequested?: true;
}

/**
 * A request can only narrow what the gateway allows, and nothing passes the gateway's block list, also where that list stands
 * alone. The gateway's order is kept. An empty `allowed` means that no tool is left.
 */
export function narrowTools(gateway: ToolPolicy, requested?: readonly string[]): EffectiveTools {
	const disallowed = gateway.disallowed ?? [];
	const isOpen = (name: string) => !disallowed.some((blocked) => covers(blocked, name));
	const base = gateway.allowed?.filter(isOpen);
	if (requested === undefined) return { allowed: base, disallowed };
	if (base === undefined) return { allowed: unique(requested.filter(isOpen)), disallowed, isOnlyRequested: true };
	const narrowed = base.flatMap((permitted) => [
		...(requested.some((name) => covers(name, permitted)) ? [permitted] : []),
		...requested.filter((name) => name !== permitted && covers(permitted, name)),
	]);
	return { allowed: unique(narrowed.filter(isOpen)), disallowed };
}

export function isToolAllowed({ allowed, disallowed }: EffectiveTools, name: string): boolean {
	if (disallowed.some((blocked) => covers(blocked, name))) return false;
	return allowed === undefined || allowed.some((permitted) => covers(permitted, name));
}

/** The same for a call whose provider runs it: of `Bash(git:*)` that one tells the name alone, and sees to the scope itself. */
export function isRunAllowed(tools: EffectiveTools, name: string): boolean {
	return isToolAllowed({ ...tools, allowed: tools.allowed?.map((permitted) => (covers(name, permitted) ? name : permitted)) }, name);
}

/** Whether nothing is forbidden: then there is nothing to check. */
export function isUnrestricted({ allowed, disallowed }: EffectiveTools): boolean {
	return allowed === undefined && disallowed.length === 0;
}

function covers(wider: string, name: string): boolean {
	return wider === name || (name.startsWith(wider) && name[wider.length] === "(");
}

function unique(names: readonly string[]): readonly string[] {
	return [...new Set(names)];
}
