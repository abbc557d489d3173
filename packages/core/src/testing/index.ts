export type { Store } from "../effects/store/store.ts";
export type { AdapterConformanceOptions, MountedAdapter } from "./adapter/adapter-tests.ts";
export { adapterConformance } from "./adapter/conformance.ts";
export { type FakePasswords, fakePasswords } from "./fake-passwords.ts";
export { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from "./fake-runtime.ts";
export { type ScriptedAnswer, type ScriptedSend, scriptedSend } from "./scripted-send.ts";
export { type StoreConformanceOptions, storeConformance } from "./store-conformance.ts";
export type { Expectation, TestFunctions } from "./test-functions.ts";
