/**
 * Databases keep UTF-8: a lone surrogate would become U+FFFD (and two ids that differ become one), and PostgreSQL takes no
 * NUL. Text with one of them is stored with `\` escapes, and so is text with a `\`, which makes the way back unambiguous.
 */
export function storableText(text: string): string {
	return suspicious.test(text) ? text.replace(special, escapeUnit) : text;
}

export function nullableText(text: string | undefined): string | null {
	return text === undefined ? null : storableText(text);
}

export function restoredText(stored: string): string {
	return stored.includes("\\") ? stored.replace(/\\(?:\\|u([0-9a-f]{4}))/g, restoreUnit) : stored;
}

// Most text is plain, and told so by one look.
const suspicious = /[\\\0\ud800-\udfff]/;
// Without the `u` flag the two lookarounds see code units, which is what a lone surrogate is.
const special = /[\\\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeUnit(unit: string): string {
	return unit === "\\" ? "\\\\" : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function restoreUnit(escaped: string, hex: string | undefined): string {
	return hex === undefined ? "\\" : String.fromCharCode(Number.parseInt(hex, 16));
}
