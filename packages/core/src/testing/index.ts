export type { Store } from "../effects/store/store.ts";
