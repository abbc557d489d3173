import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface CodeBlock {
	readonly language: string;
	readonly code: string;
	/** Where it begins in the file, from 1. */
	readonly line: number;
}

/** @param folder of the package, from the root. */
export function readReadme(folder = "."): Promise<string> {
	return readFile(join(import.meta.dirname, "..", folder, "README.md"), "utf8");
}

/** The fenced code blocks of a Markdown text. */
export function codeBlocks(markdown: string): CodeBlock[] {
	return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = "", 2: code = "", index }) => ({
		language,
		code,
		line: markdown.slice(0, index).split("\n").length,
	}));
}

/** The rows of the table whose first column is headed `heading`, each as its cells without backticks. */
export function tableRows(markdown: string, heading: string): string[][] {
	const lines = markdown.split("\n");
	const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
	if (start === -1) throw new Error(`There is no table headed ${heading}`);
	const rest = lines.slice(start + 2);
	const end = rest.findIndex((line) => !line.startsWith("|"));
	return rest.slice(0, end).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}
