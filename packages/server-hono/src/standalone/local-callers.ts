import type { Identify } from "@postern/core";
import { isLoopback } from "./loopback.ts";

/**
 * Without a token only programs of this machine are let in. A web page can make a name of its own point here (DNS rebinding) and
 * would then be of the same origin: the Host header gives it away.
 */
export const identifyLocalCaller: Identify = ({ header }) =>
	isLoopback(hostnameOf(header("host"))) ? { kind: "anonymous", id: "anonymous" } : undefined;

function hostnameOf(host = ""): string {
	return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}
