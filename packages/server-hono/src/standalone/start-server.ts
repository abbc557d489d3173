import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { ConfigurationError, createGateway, type Gateway, type Store } from "@postern/core/node";
import { postern } from "../index.ts";
import type { StandaloneConfiguration } from "./configuration.ts";
import { openCacheFile } from "./cache-file.ts";
import { trackConnections } from "./connections.ts";
import { makeDataFolder, openDataFolder } from "./data-folder.ts";
import { readEncryptionKeys } from "./encryption-keys.ts";
import { createLog, type Log } from "./log.ts";
import { StartError } from "./problem.ts";
import { readSessionSecrets } from "./session-secrets.ts";
import { findTelemetry } from "./telemetry.ts";

export interface RunningServer {
	/** As a caller on this machine reaches it: `http://127.0.0.1:8420`. */
	readonly url: string;
	readonly port: number;
	readonly gateway: Gateway;
	/** Stops accepting, lets running requests end within the deadline, cancels the rest, flushes the ledger. */
	close(deadlineMs?: number): Promise<void>;
}

/** How long sockets may take to carry what was written into them, once every answer has ended. */
const socketGraceMs = 1_000;

/** @throws {StartError} with one line that says what is wrong and what to do. */
export async function startServer(
	configuration: StandaloneConfiguration,
	log: Log = createLog(configuration.logLevel, configuration.secrets),
): Promise<RunningServer> {
	const store = await openDataFolder(configuration.dataFolder);
	try {
		return await listen(await withCacheFile(configuration), store, log);
	} catch (error) {
		await store.close();
		throw error;
	}
}

async function listen(configuration: StandaloneConfiguration, store: Store, log: Log): Promise<RunningServer> {
	const gateway = makeGateway(await withTelemetry(withEncryptionKeys(withSessionSecrets(configuration))), store, log);
	const server = createAdaptorServer({ fetch: postern(gateway).fetch, overrideGlobalObjects: false }) as Server;
	const connections = trackConnections(server);
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, configuration)));
		server.listen({ port: configuration.port, host: configuration.host }, resolve);
	});
	const { port } = server.address() as AddressInfo;
	let closing: Promise<void> | undefined;
	const close = async (deadlineMs: number): Promise<void> => {
		connections.drain();
		// A caller who has stopped reading holds its answer open: its connection is cut a little after the deadline.
		const cut = setTimeout(() => server.closeAllConnections(), deadlineMs + socketGraceMs);
		await gateway.close({ deadlineMs });
		clearTimeout(cut);
		await connections.closed(socketGraceMs);
	};
	return {
		url: `http://${reachableHost(configuration.host)}:${port}`,
		port,
		gateway,
		close(deadlineMs = configuration.shutdownDeadlineMs) {
			closing ??= close(deadlineMs);
			return closing;
		},
	};
}

async function withCacheFile(configuration: StandaloneConfiguration): Promise<StandaloneConfiguration> {
	const { gateway, cacheFile } = configuration;
	if (cacheFile === undefined || gateway.cache === false) return configuration;
	return { ...configuration, gateway: { ...gateway, cache: { ...gateway.cache, store: await openCacheFile(cacheFile) } } };
}

/** Those of the environment, or those of a file in the data folder, which all servers on that folder share. */
function withSessionSecrets(configuration: StandaloneConfiguration): StandaloneConfiguration {
	const { gateway, dataFolder } = configuration;
	if (gateway.sessions?.secrets !== undefined) return configuration;
	const secrets = readSessionSecrets(makeDataFolder(dataFolder));
	return { ...configuration, gateway: { ...gateway, sessions: { ...gateway.sessions, secrets } } };
}

/** The same. A file is read again where something was sealed with a key that came later. */
function withEncryptionKeys(configuration: StandaloneConfiguration): StandaloneConfiguration {
	const { gateway, dataFolder } = configuration;
	if (gateway.encryptionKeys !== undefined) return configuration;
	const folder = makeDataFolder(dataFolder);
	// What is wrong with it is told at the start, not at the first request that needs it.
	readEncryptionKeys(folder);
	return { ...configuration, gateway: { ...gateway, encryptionKeys: () => readEncryptionKeys(folder) } };
}

async function withTelemetry(configuration: StandaloneConfiguration): Promise<StandaloneConfiguration> {
	const { gateway } = configuration;
	const telemetry = gateway.telemetry ?? (await findTelemetry());
	return telemetry === undefined ? configuration : { ...configuration, gateway: { ...gateway, telemetry } };
}

function makeGateway(configuration: StandaloneConfiguration, store: Store, log: Log): Gateway {
	try {
		return createGateway({ ...configuration.gateway, store, runtime: { observe: log.observe } });
	} catch (error) {
		if (error instanceof ConfigurationError) throw new StartError(`configuration: ${error.message}`, { cause: error });
		throw error;
	}
}

function listenError(error: NodeJS.ErrnoException, { host, port }: StandaloneConfiguration): Error {
	const place = `${host ?? "every address"}, port ${port}`;
	if (error.code === "EADDRINUSE") return new StartError(`PORT: ${place}, is in use; stop what listens there or set PORT to another one`, { cause: error });
	if (error.code === "EACCES") return new StartError(`PORT: ${place}, is not permitted to this user; set PORT to 1024 or more`, { cause: error });
	if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
		return new StartError(`HOST: ${host} is no address of this machine; set HOST to one of its own`, { cause: error });
	}
	return new StartError(`HOST: cannot listen on ${place} (${error.code}); set HOST and PORT`, { cause: error });
}

function reachableHost(host: string | undefined): string {
	if (host === undefined || host === "0.0.0.0" || host === "::") return "127.0.0.1";
	return host.includes(":") ? `[${host}]` : host;
}
