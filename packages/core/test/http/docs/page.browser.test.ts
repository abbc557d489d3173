import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumArguments, findChromium } from "../../../../../tools/chromium.ts";
import { operations } from "../../../src/contract/operations/index.ts";
import { docsFile } from "../../../src/http/docs/files.ts";
import { createOpenApiText } from "../../../src/http/docs/openapi-text.ts";
import { docsPage } from "../../../src/http/docs/page.ts";
import type { Reply } from "../../../src/http/reply.ts";
import { asset } from "../../../src/node/asset.ts";

const executablePath = findChromium();
if (executablePath === undefined) console.log("Skipped: no Chromium was found for the test of the documentation page");

/** The page and its files, mounted under `/ai`. */
async function serve(path: string, acceptEncoding: string | undefined): Promise<Reply> {
	const openApi = createOpenApiText({ operations, version: "1.2.3", basePath: "/ai" });
	if (path === "/ai/docs") return docsPage({ openApiUrl: "/ai/openapi.json", scriptUrl: "/ai/docs/scalar.js", initUrl: "/ai/docs/init.js" });
	if (path === "/ai/openapi.json") return { status: 200, headers: { "content-type": "application/json" }, body: await openApi.json() };
	const file = await docsFile({ file: path.replace("/ai/docs/", ""), acceptEncoding, asset });
	return file ?? { status: 404, headers: {}, body: "" };
}

describe.runIf(executablePath !== undefined)("the documentation page in a browser", () => {
	let server: Server;
	let browser: Browser;
	let origin: string;

	beforeAll(async () => {
		server = createServer((request, response) => {
			const acceptEncoding = request.headers["accept-encoding"];
			void serve(request.url ?? "", Array.isArray(acceptEncoding) ? acceptEncoding.join() : acceptEncoding).then(({ status, headers, body }) =>
				response.writeHead(status, headers).end(body),
			);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...chromiumArguments] });
	});
	afterAll(async () => {
		await browser.close();
		server.close();
	});

	test("shows the operations, asks nothing of another origin and breaks no policy", async () => {
		const page = await browser.newPage();
		const requested: string[] = [];
		const complaints: string[] = [];
		page.on("request", (request) => requested.push(request.url()));
		page.on("console", (message) => {
			if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
		});
		page.on("pageerror", (error) => complaints.push(String(error)));

		await page.goto(`${origin}/ai/docs`);
		await page.getByText("Generate text", { exact: true }).first().waitFor({ timeout: 45_000 });
		await page.getByText("OpenAI-compatible chat completion, whole or streamed").first().waitFor({ timeout: 45_000 });

		expect(requested).toEqual(expect.arrayContaining([`${origin}/ai/docs/scalar.js`, `${origin}/ai/openapi.json`]));
		expect(requested.filter((url) => !url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:"))).toEqual([]);
		expect(complaints).toEqual([]);
	});
});
