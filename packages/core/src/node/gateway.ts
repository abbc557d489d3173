import { createGateway as createPortableGateway } from "../gateway.ts";
import type { Gateway, GatewayOptions } from "../options.ts";
import { nodeRuntime } from "./node-runtime.ts";

/** The gateway with Node's runtime: undici's dispatch as transport, files for the docs page. @see createGateway of the main entry. */
export function createGateway(options: GatewayOptions): Gateway {
	return createPortableGateway({ ...options, runtime: { ...nodeRuntime(), ...options.runtime } });
}
