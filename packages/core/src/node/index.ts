export * from "../index.ts";
export { type ClaudeCodeOptions, claudeCode } from "./claude-code/claude-code.ts";
// A name exported here goes before the same name of the main entry.
export { createGateway } from "./gateway.ts";
export { type NodeHandler, type NodeHandlerOptions, answerNodeRequest, nodeHandler } from "./node-handler.ts";
export { fromNodeRequest } from "./node-request.ts";
export { nodePasswords } from "./passwords/node-passwords.ts";
export { type NodeRuntimeOptions, nodeRuntime } from "./node-runtime.ts";
export { type SqliteCacheStoreOptions, sqliteCacheStore } from "./sqlite/sqlite-cache-store.ts";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite/sqlite-store.ts";
export { type UndiciSendOptions, undiciSend } from "./undici-send.ts";
