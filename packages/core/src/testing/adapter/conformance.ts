import { fetchHandler } from "../../http/fetch-bridge.ts";
import type { GatewayRequest, Reply } from "../../http/reply.ts";
import type { Gateway } from "../../options.ts";
import type { TestFunctions } from "../test-functions.ts";
import { hangUpTests } from "./hang-ups.ts";
import { requestTests } from "./requests.ts";
import { socketTests } from "./sockets.ts";
import { streamTests } from "./streams.ts";

/** A gateway mounted in an app that answers. */
export interface MountedAdapter {
	/** Where the gateway's root is (`http://127.0.0.1:1234/ai`), without a slash at the end. */
	readonly url: string;
	/** What calls it. Default: the global `fetch`, over a real socket. */
	readonly fetch?: (request: Request) => Response | Promise<Response>;
	close(): Promise<void>;
}

export interface AdapterConformanceOptions {
	readonly mount: (gateway: Gateway) => Promise<MountedAdapter>;
	/** What requests say of their mount point. */
	readonly mountPath: string;
	/** Whether the adapter answers over a TCP socket of its own. */
	readonly hasSocket: boolean;
}

/** What a suite's tests work with. */
export interface AdapterTests extends TestFunctions {
	readonly options: AdapterConformanceOptions;
	/** Mounts a gateway that answers so, runs, and closes it again. */
	mounted(handle: (request: GatewayRequest) => Promise<Reply>, run: (call: Call, url: string) => Promise<void>): Promise<void>;
}

export type Call = (path: string, init?: RequestInit) => Promise<Response>;

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
