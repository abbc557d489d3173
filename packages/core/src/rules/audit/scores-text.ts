interface Change {
	readonly provider: string;
	readonly model: string;
	readonly score: number | undefined;
}

const separator = ", ";

/**
 * What operators say of models, for the audit log: `openai/gpt-4o 0.85, anthropic/claude-sonnet-4-5 none`.
 * @param targets the models that may be named: those of the configuration. Of others only how many there are is told.
 */
export function scoresText(changes: readonly Change[], targets: readonly string[]): string | undefined {
	const told = changes.flatMap(({ provider, model, score }) => {
		const name = `${provider}/${model}`;
		return targets.includes(name) ? [`${name} ${score === undefined ? none : String(score)}`] : [];
	});
	return told.length === 0 ? undefined : told.join(separator);
}
const none = "none";

/** Whether a text is such a one, and nothing that somebody chose. */
export function isScoresText(text: string, targets: readonly string[]): boolean {
	return text.split(separator).every((part) => {
		const space = part.lastIndexOf(" ");
		const score = part.slice(space + 1);
		return targets.includes(part.slice(0, space)) && (score === none || /^(?:0|1|0\.\d+|\d(?:\.\d+)?e-\d+)$/.test(score));
	});
}
