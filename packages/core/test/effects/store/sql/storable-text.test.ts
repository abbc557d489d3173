import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { restoredText, storableText } from "../../../../src/effects/store/sql/storable-text.ts";

/** Any sequence of code units, with the awkward ones often among them. */
const unit = fc.oneof(
	fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
	fc.constantFrom("\\", "\\\\", "\0", "\ud800", "\udc00", "\ud83d\ude00", "u0041", "\\ud800", "\\u0000"),
);
const text = fc.array(unit).map((units) => units.join(""));

describe("storable text", () => {
	it("comes back as it went", () => {
		fc.assert(fc.property(text, (original) => restoredText(storableText(original)) === original));
	});

	it("is text that UTF-8 and PostgreSQL can hold", () => {
		fc.assert(
			fc.property(text, (original) => {
				const stored = storableText(original);
				expect(stored.isWellFormed()).toBe(true);
				expect(stored).not.toContain("\0");
			}),
		);
	});

	it.each([
		["ses_0Zk", "ses_0Zk"],
		["Grüße \u{1f600}", "Grüße \u{1f600}"],
		["a\\b", "a\\\\b"],
		["a\0b", "a\\u0000b"],
		["\udfff\ud800", "\\udfff\\ud800"],
	])("stores %j as %j", (original, stored) => expect(storableText(original)).toBe(stored));
});
