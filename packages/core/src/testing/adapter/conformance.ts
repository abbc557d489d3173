import { fetchHandler } from "../../http/fetch-bridge.ts";
import type { TestFunctions } from "../test-functions.ts";
import type { AdapterConformanceOptions, AdapterTests } from "./adapter-tests.ts";
import { hangUpTests } from "./hang-ups.ts";
import { requestTests } from "./requests.ts";
import { socketTests } from "./sockets.ts";
import { streamTests } from "./streams.ts";

/**
 * What every adapter owes: that requests arrive and answers leave as they are, streams item by item, and that a hang-up is
 * felt. Sockets are driven by `node:net`, loaded only for adapters that have one.
 */
export function adapterConformance(name: string, options: AdapterConformanceOptions, test: TestFunctions): void {
	const tests: AdapterTests = {
		...test,
		options,
		async mounted(handle, run) {
			const adapter = await options.mount({ handle, fetch: fetchHandler(handle), warnings: [], close: async () => {} });
			const send = adapter.fetch ?? ((request: Request) => fetch(request));
			try {
				await run(async (path, init) => send(new Request(adapter.url + path, init)), adapter.url);
			} finally {
				await adapter.close();
			}
		},
	};
	test.describe(`adapter: ${name}`, () => {
		requestTests(tests);
		streamTests(tests);
		hangUpTests(tests);
		if (options.hasSocket) socketTests(tests);
	});
}
