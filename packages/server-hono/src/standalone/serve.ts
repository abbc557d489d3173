import type { StandaloneConfiguration } from "./configuration.ts";
import type { Environment } from "./environment.ts";
import { loadConfiguration } from "./load-configuration.ts";
import { createLog, type Log } from "./log.ts";
import { formatProblem, StartError } from "./problem.ts";
import { createRedaction } from "./redaction.ts";
import { type RunningServer, startServer } from "./start-server.ts";

/** The process `postern`: starts the server and ends with it. */
export async function serve(env: Environment): Promise<void> {
	const result = loadConfiguration(env);
	if (!result.ok) {
		for (const problem of result.problems) process.stderr.write(`postern: ${formatProblem(problem)}\n`);
		process.exitCode = 1;
		return;
	}
	const configuration = result.value;
	const log = createLog(configuration.logLevel, configuration.secrets);
	let server: RunningServer;
	try {
		server = await startServer(configuration, log);
	} catch (error) {
		log.flush();
		if (!(error instanceof StartError)) throw error;
		process.stderr.write(`postern: ${createRedaction(configuration.secrets)(error.message)}\n`);
		process.exitCode = 1;
		return;
	}
	announce(server, configuration, log);
	endWithSignals(server, log);
	endWithUncaughtErrors(server, log);
}

function announce(server: RunningServer, configuration: StandaloneConfiguration, log: Log): void {
	const { gateway, host, simulated } = configuration;
	const providers = Object.keys(gateway.providers);
	for (const warning of [...configuration.warnings, ...server.gateway.warnings]) log.lines.warn(warning);
	if (gateway.token === undefined) log.lines.info("no POSTERN_TOKEN is set: callers on this machine need none, others are not let in");
	if (gateway.accounts?.registration === "closed") log.lines.info("nobody can make an account: set POSTERN_REGISTRATION=open to let people register");
	if (simulated) log.lines.info("no provider is configured: the simulator answers (sim/echo); set OPENAI_API_KEY, ANTHROPIC_API_KEY or another");
	log.lines.info(
		{ url: server.url, docs: `${server.url}/docs`, host: host ?? "every address", port: server.port, providers, simulated },
		`Postern listens on ${server.url}, documentation at ${server.url}/docs`,
	);
}

/** The first signal ends in order, the second at once. */
function endWithSignals(server: RunningServer, log: Log): void {
	let ending = false;
	const end = async (signal: NodeJS.Signals): Promise<void> => {
		if (ending) {
			log.lines.warn({ signal }, "second signal: ending at once");
			log.flush();
			process.exit(1);
		}
		ending = true;
		log.lines.info({ signal }, "shutting down");
		await server.close();
		log.lines.info("shut down");
		log.flush();
		process.exit(0);
	};
	process.on("SIGTERM", (signal) => void end(signal));
	process.on("SIGINT", (signal) => void end(signal));
}

/** After an error that nobody caught nothing can be trusted, but what the ledger already has in hand is still written. */
function endWithUncaughtErrors(server: RunningServer, log: Log): void {
	const flushLimitMs = 2_000;
	process.once("uncaughtException", (error) => {
		log.lines.fatal({ err: error }, "uncaught error: ending");
		const exit = (): void => {
			log.flush();
			process.exit(1);
		};
		setTimeout(exit, flushLimitMs);
		void server.close(0).finally(exit);
	});
}
