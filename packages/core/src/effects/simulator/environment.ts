import { type Environment, type ProviderCredentials, vendorsFromEnvironment } from "../../rules/providers/environment.ts";
import { simulator } from "./simulator.ts";

/**
 * The providers that an environment names by their customary variables (`OPENAI_API_KEY`, `OLLAMA_BASE_URL`, ...). Where it names
 * none, the simulator stands in as `sim`.
 * @throws {ConfigurationError} naming the variable.
 */
export function providersFromEnvironment(env: Environment): Record<string, ProviderCredentials> {
	const vendors = vendorsFromEnvironment(env);
	return Object.keys(vendors).length === 0 ? { sim: simulator() } : vendors;
}
