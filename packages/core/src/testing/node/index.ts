export { type ProviderStandIn, type ProviderStandInOptions, type SeenRequest, startProviderStandIn } from "./provider-stand-in.ts";
