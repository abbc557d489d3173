export type { Store } from "../effects/store/store.ts";
export { storeConformance, type StoreConformanceOptions, type TestFunctions } from "./store-conformance.ts";
