import { existsSync } from "node:fs";

const places = [
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/usr/bin/google-chrome-stable",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser for browser tests: `CHROMIUM_PATH`, or the first that is installed in a customary place. */
export function findChromium(): string | undefined {
	const named = process.env["CHROMIUM_PATH"];
	return named === undefined || named === "" ? places.find((place) => existsSync(place)) : named;
}

/** Headless, able to run as root in a container, and silent: the browser asks nothing of the network by itself. */
export const chromiumArguments = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
] as const;
