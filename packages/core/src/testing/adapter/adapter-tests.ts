import type { GatewayRequest, Reply } from "../../http/reply.ts";
import type { Gateway } from "../../options.ts";
import type { TestFunctions } from "../test-functions.ts";

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
	/** Whether it tells the gateway who is at the socket's other end. Default: where it has one. */
	readonly tellsAddress?: boolean;
}

/** What a suite's tests work with. */
export interface AdapterTests extends TestFunctions {
	readonly options: AdapterConformanceOptions;
	/** Mounts a gateway that answers so, runs, and closes it again. */
	mounted(handle: (request: GatewayRequest) => Promise<Reply>, run: (call: Call, url: string) => Promise<void>): Promise<void>;
}

export type Call = (path: string, init?: RequestInit) => Promise<Response>;
