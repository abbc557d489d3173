const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text as it stands in a page, in attributes within double quotes too. */
export function escapeHtml(text: string): string {
	return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
