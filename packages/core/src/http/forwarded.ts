import { callerAddress, forwardedValue } from "../rules/auth/network.ts";
import type { GatewayRequest } from "./reply.ts";

/** The request as the outermost proxy that we trust was asked it: who by, whether over TLS, and under which name. */
export function behindProxies(request: GatewayRequest, trustedProxies: number): GatewayRequest {
	if (trustedProxies === 0) return request;
	const remoteAddress = callerAddress(request.remoteAddress, request.header("x-forwarded-for"), trustedProxies);
	const scheme = forwardedValue(request.header("x-forwarded-proto"), trustedProxies);
	const host = forwardedValue(request.header("x-forwarded-host"), trustedProxies) ?? request.host;
	return {
		...request,
		...(remoteAddress === undefined ? {} : { remoteAddress }),
		...(host === undefined ? {} : { host }),
		...(scheme === undefined ? {} : { isSecure: scheme.toLowerCase() === "https" }),
	};
}
