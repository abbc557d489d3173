export { postern } from "./postern.ts";
