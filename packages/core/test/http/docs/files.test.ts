import { brotliCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Asset } from "../../../src/effects/runtime.ts";
import { accepts, docsFile } from "../../../src/http/docs/files.ts";
import { docsInitScript, docsPage } from "../../../src/http/docs/page.ts";

const source = "console.log('Grüße');".repeat(100);
const compressed: Asset = {
	bytes: brotliCompressSync(source),
	contentType: "text/javascript; charset=utf-8",
	contentEncoding: "br",
};
const asset = (name: string) => Promise.resolve(name === "scalar.js" ? compressed : undefined);

describe("a file of the documentation page", () => {
	test("comes as it lies where the caller accepts its encoding", async () => {
		const reply = await docsFile({ file: "scalar.js", acceptEncoding: "gzip, deflate, br", asset });
		expect(reply?.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
		expect(reply?.body).toBe(compressed.bytes);
	});

	test.each([undefined, "gzip, deflate", "br;q=0, *"])("comes as text where the caller accepts %j", async (acceptEncoding) => {
		const reply = await docsFile({ file: "scalar.js", acceptEncoding, asset });
		expect(reply?.headers).not.toHaveProperty("content-encoding");
		expect(new TextDecoder().decode(reply?.body as Uint8Array)).toBe(source);
	});

	test("is the script that starts the page", async () => {
		expect((await docsFile({ file: "init.js", acceptEncoding: undefined, asset: undefined }))?.body).toBe(docsInitScript);
	});

	test.each(["../package.json", "__proto__", ""])("is not %j", async (file) => {
		expect(await docsFile({ file, acceptEncoding: undefined, asset })).toBeUndefined();
	});

	test("is missing where the runtime has no files", async () => {
		expect(await docsFile({ file: "scalar.js", acceptEncoding: "br", asset: undefined })).toBeUndefined();
	});
});

test.each([
	["br", true],
	["gzip, BR ; q=0.1", true],
	["*", true],
	["*;q=0", false],
	["br;q=0.0, *", false],
	["brotli", false],
	["", false],
	[undefined, false],
])("accept-encoding %j accepts br: %j", (header, expected) => {
	expect(accepts(header, "br")).toBe(expected);
});

describe("the documentation page", () => {
	const page = docsPage({ openApiUrl: '/a"><script>x</script>/openapi.json', scriptUrl: "/a/docs/scalar.js", initUrl: "/a/docs/init.js" });

	test("holds no script of its own, whatever its mount path", () => {
		expect(String(page.body).match(/<script/g)).toHaveLength(2);
		expect(String(page.body).match(/<script src="/g)).toHaveLength(2);
	});

	test("forbids written-in scripts and other origins", () => {
		const policy = page.headers["content-security-policy"] ?? "";
		expect(policy).toContain("script-src 'self';");
		expect(policy).toContain("default-src 'none'");
		expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
	});

	test("switches off what would leave the origin", () => {
		expect(page.body).toContain("&quot;telemetry&quot;:false");
		expect(page.body).toContain("&quot;withDefaultFonts&quot;:false");
	});
});
