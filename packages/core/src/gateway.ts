import type { Gateway, GatewayOptions } from "./options.ts";

/** @throws {ConfigurationError} */
export function createGateway(_options: GatewayOptions): Gateway {
	throw new Error("to be written");
}
