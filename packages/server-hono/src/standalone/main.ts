#!/usr/bin/env node
import { createRequire } from "node:module";
import { check } from "./check.ts";
import { help, readCommand } from "./command-line.ts";
import { rotateEncryptionKey } from "./rotate-encryption-key.ts";
import { rotateSessionSecret } from "./rotate-session-secret.ts";
import { serve } from "./serve.ts";

const command = readCommand(process.argv.slice(2));
switch (command.name) {
	case "start":
		await serve(process.env);
		break;
	case "check":
		process.exitCode = await check(process.env, command.file, (line) => void process.stdout.write(`${line}\n`));
		break;
	case "rotate-session-secret":
		process.exitCode = rotateSessionSecret(process.env, (line) => void process.stdout.write(`${line}\n`));
		break;
	case "rotate-encryption-key":
		process.exitCode = await rotateEncryptionKey(process.env, (line) => void process.stdout.write(`${line}\n`));
		break;
	case "help":
		process.stdout.write(help);
		break;
	case "version":
		process.stdout.write(`${version()}\n`);
		break;
	case "unknown":
		process.stderr.write(`postern: ${command.message}; see postern --help\n`);
		process.exitCode = 2;
}

function version(): string {
	const manifest = createRequire(import.meta.url)("@postern/server-hono/package.json") as { readonly version: string };
	return manifest.version;
}
