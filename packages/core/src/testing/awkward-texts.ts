/** Texts that stores, logs and wires have broken on. */
export const awkwardTexts: readonly (readonly [label: string, text: string])[] = [
	["the empty string", ""],
	["line ends and protocol words", "data: [DONE]\r\n\r\nevent: x\u2028\u2029"],
	["quotes and SQL", `'); drop table turns; -- "\`$1 ? :name`],
	["backslashes and what looks like an escape", "\\ \\\\ \\u0041 \\ud800 \\"],
	["NUL and control characters", "a\0b\u0001\u001f"],
	["lone surrogates", "\ud800 x \udc00\ud83d\ude00\udfff"],
	["astral characters and marks", "\u{1f469}\u200d\u{1f680} e\u0301 \ufeff"],
];
