export { type AdapterConformanceOptions, adapterConformance, type MountedAdapter } from "./adapter/conformance.ts";
export type { Store } from "../effects/store/store.ts";
export { storeConformance, type StoreConformanceOptions, type TestFunctions } from "./store-conformance.ts";
export { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from "./fake-runtime.ts";
export { type ScriptedAnswer, type ScriptedSend, scriptedSend } from "./scripted-send.ts";
