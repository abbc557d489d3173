/** One thing wrong with the configuration. Never quotes a value: it may be a secret. */
export interface Problem {
	/** Name of the environment variable, path in the JSON file (`routes.fast[1]`) or place in it (`postern.json:3:14`). */
	readonly where: string;
	readonly what: string;
	/** What to do about it. */
	readonly remedy: string;
}

export function formatProblem(problem: Problem): string {
	return `${problem.where}: ${problem.what}; ${problem.remedy}`;
}

/** Stops the start. `message` is the one line to print. */
export class StartError extends Error {
	override readonly name = "StartError";
}

/** The known name that a misspelt one is closest to, if it is close. */
export function closestName(name: string, known: readonly string[]): string | undefined {
	const wanted = name.toLowerCase();
	let best: { readonly name: string; readonly distance: number } | undefined;
	for (const candidate of known) {
		const distance = editDistance(wanted, candidate.toLowerCase());
		if (distance <= Math.max(1, Math.floor(candidate.length / 4)) && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
	}
	return best?.name;
}

/** Levenshtein's distance, where two neighbours that changed places count once. */
function editDistance(first: string, second: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: second.length + 1 }, (_, index) => index);
	for (let row = 1; row <= first.length; row += 1) {
		const current = [row];
		for (let column = 1; column <= second.length; column += 1) {
			const same = first[row - 1] === second[column - 1];
			let distance = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
			const swapped = first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1];
			if (row > 1 && column > 1 && swapped) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
			current.push(distance);
		}
		beforeLast = last;
		last = current;
	}
	return last[second.length] ?? 0;
}
