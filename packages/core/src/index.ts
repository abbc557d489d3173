export * from "./contract/index.ts";
export type { Principal } from "./contract/principal.ts";
export { type Asset, type ObservedEvent, type Runtime } from "./effects/runtime.ts";
export type { Store, UsageFilter } from "./effects/store/store.ts";
export { createGateway } from "./gateway.ts";
export { BodyTooLargeError, type GatewayRequest, isStreamBody, type Reply, type ReplyBody } from "./http/reply.ts";
export type * from "./options.ts";
export type { Provider } from "./rules/providers/provider.ts";
export { type ByteSource, type Send, SendError, type UpstreamRequest, type UpstreamResponse } from "./rules/providers/transport.ts";
