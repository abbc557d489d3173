import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumArguments, findChromium } from "../../tools/chromium.ts";
import { activeAnswers, app, gateway } from "./server.ts";

const executablePath = findChromium();
if (executablePath === undefined) console.log("skipped: the browser example needs a Chromium (set CHROMIUM_PATH)");

describe.skipIf(executablePath === undefined)("the page", () => {
	const server = createAdaptorServer({ fetch: app.fetch });
	let browser: Browser;
	let page: Page;
	let url = "";
	const complaints: string[] = [];

	beforeAll(async () => {
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		browser = await chromium.launch({ executablePath: executablePath ?? "", args: [...chromiumArguments] });
		page = await browser.newPage();
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) complaints.push(message.text());
		});
	});
	afterAll(async () => {
		await browser?.close();
		server.close();
		await gateway.close({ deadlineMs: 0 });
	});
	beforeEach(async () => {
		complaints.length = 0;
		await page.goto(url);
		await page.locator("#model option").first().waitFor({ state: "attached" });
	});

	const state = (value: string) => page.locator("#state", { hasText: value }).waitFor();

	async function ask(model: string, prompt: string): Promise<void> {
		await page.selectOption("#model", model);
		await page.fill("#prompt", prompt);
		await page.click("#send");
	}

	/** The answer's length each time it grew, as the page saw it. */
	async function watchAnswer(): Promise<() => Promise<number[]>> {
		await page.evaluate(() => {
			const lengths: number[] = [];
			Object.assign(globalThis, { lengths });
			const answer = document.getElementById("answer");
			if (answer !== null) new MutationObserver(() => lengths.push(answer.textContent.length)).observe(answer, { childList: true });
		});
		return () => page.evaluate(() => (globalThis as unknown as { readonly lengths: number[] }).lengths.filter((length) => length > 0));
	}

	test("the text arrives piece by piece, and exactly", async () => {
		const lengths = await watchAnswer();
		const prompt = "one two three\n  <b>four</b> [DONE] 日本語 😀 five six seven";
		await ask("sim/echo", prompt);
		await state("done");
		expect(await page.textContent("#answer")).toContain(prompt);
		const seen = await lengths();
		expect(new Set(seen).size).toBeGreaterThan(3);
		expect(seen).toEqual(seen.toSorted((left, right) => left - right));
		expect(await page.textContent("#error")).toBe("");
		expect(complaints).toEqual([]);
	});

	test("Stop ends the answer, here and at the provider", async () => {
		await ask("sim/echo", "word ".repeat(2000));
		await page.waitForFunction(() => (document.getElementById("answer")?.textContent.length ?? 0) > 20);
		expect(activeAnswers()).toBe(1);
		await page.click("#stop");
		await state("stopped");
		await expect.poll(activeAnswers).toBe(0);
		const text = (await page.textContent("#answer")) ?? "";
		expect(text.length).toBeLessThan(10_000);
		expect(await page.textContent("#error")).toBe("");
	});

	test("an error is shown, with its code and its request", async () => {
		await ask("sim/unauthorized", "x");
		await state("failed");
		expect(await page.textContent("#error")).toMatch(/\(PROVIDER_\w+, req_\w+\)/);
	});

	test("a stream that breaks keeps its text and says so", async () => {
		await ask("sim/cut", "one two three four five six seven eight nine ten");
		await state("failed");
		expect(await page.textContent("#answer")).not.toBe("");
		expect(await page.textContent("#error")).toMatch(/\([A-Z_]+, req_\w+\)/);
	});

	test("nothing may be loaded from elsewhere", async () => {
		const blocked = await page.evaluate(() => fetch("https://elsewhere.example/").then(() => false, () => true));
		expect(blocked).toBe(true);
		expect(complaints.join()).toContain("Content Security Policy");
	});
});
