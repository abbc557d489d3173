import type { OperationResult } from "@postern/core";
import { createGateway, simulator, sqliteStore } from "@postern/core/node";
import { token } from "../../gateway/support.ts";

type NewProject = OperationResult<"createProject">;
type NewKey = OperationResult<"createKey">;

/**
 * A process of its own for the tests: `key-writer.ts <file>`. Makes projects and keys, rotates and revokes them until it is killed, and
 * prints what the gateway promised, as soon as it did.
 */
const gateway = createGateway({ providers: { sim: simulator() }, surfaces: ["accounts"], token, store: sqliteStore(process.argv[2] ?? "") });

async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
	const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
	const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
	const response = await gateway.fetch(new Request(`http://postern.test${path}`, init));
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
	return (await response.json()) as Answer;
}

function tell(...words: readonly string[]): void {
	process.stdout.write(`${words.join(" ")}\n`);
}

for (let at = 0; ; at += 1) {
	const { project, apiKey, keyId } = await call<NewProject>("POST", "/v1/projects", { name: "x", organisationId: "acme" });
	tell("valid", keyId, apiKey);
	const keys = `/v1/projects/${project.id}/keys`;
	tell("begin", keyId);
	tell("valid", keyId, (await call<NewKey>("POST", `${keys}/rotate`)).key);
	const made = await call<NewKey>("POST", keys);
	tell("valid", made.details.id, made.key);
	if (at % 2 === 0) continue;
	tell("begin", made.details.id);
	await call("DELETE", `${keys}/${made.details.id}`);
	tell("gone", made.details.id);
}
