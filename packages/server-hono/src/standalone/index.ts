export { type ConfigurationResult, configurationFromEnvironment, type StandaloneConfiguration } from "./configuration.ts";
export { createLog, type Log } from "./log.ts";
export { formatProblem, type Problem, StartError } from "./problem.ts";
export { type RunningServer, startServer } from "./start-server.ts";
