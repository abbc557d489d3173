import { type ProviderId, providerIds } from "./cell.ts";
import { type CaseId, caseIds } from "./cases.ts";
import { type CallerId, callerIds } from "./clients.ts";
import { unsayable } from "../rules/dialects/unsayable.ts";
import { gapOf } from "./gaps.ts";

/** The reasons in the order in which they are met: their places are their numbers. */
const reasons = [
	...new Set(callerIds.flatMap((caller) => providerIds.flatMap((provider) => caseIds.flatMap((id) => gapOf(caller, provider, id) ?? [])))),
];

function markOf(caller: CallerId, provider: ProviderId, id: CaseId): string {
	const gap = gapOf(caller, provider, id);
	return gap === undefined ? "✓" : String(reasons.indexOf(gap) + 1);
}

const rows = callerIds.flatMap((caller) =>
	providerIds.map((provider) => ({ caller, provider, marks: caseIds.map((id) => markOf(caller, provider, id)) })),
);
const footnotes = reasons.map((reason, index) => `${index + 1}. ${reason}`);

/** For a terminal. */
export function matrixLines(): readonly string[] {
	return [
		...rows.map(({ caller, provider, marks }) => `${caller.padEnd(17)} ${provider.padEnd(19)} ${marks.map((mark) => mark.padStart(2)).join(" ")}`),
		`columns: ${caseIds.join(", ")}`,
		...footnotes,
	];
}

/** `docs/matrix.md`. */
export function matrixDocument(): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	return [
		"# What every caller can do before every provider",
		"",
		"Each ✓ is a test that runs with every change (`packages/core/test/matrix`): a caller of the surface on the left asks through a gateway",
		"whose provider speaks the dialect beside it, whole and streamed where both can be. A number says why the cell cannot be.",
		"",
		line(["caller", "provider", ...caseIds]),
		line(["caller", "provider", ...caseIds].map(() => "---")),
		...rows.map(({ caller, provider, marks }) => line([caller, provider, ...marks])),
		"",
		...footnotes,
		"",
		"## What a caller is not told of another vendor's answer",
		"",
		"Because the caller's dialect has no place for it. Everything else survives, which recorded answers of every vendor show",
		"(`packages/core/test/rules/dialects/translation.test.ts`); where both sides speak the same dialect, nothing is lost.",
		"",
		...Object.entries(unsayable).flatMap(([dialect, { sentences }]) => [`**${dialect}**`, "", ...sentences.map((sentence) => `- ${sentence}`), ""]),
		"Written by the suite: `POSTERN_WRITE_MATRIX=1 npx vitest run packages/core/test/matrix`.",
		"",
	].join("\n");
}
