/** The gateway's own configuration is wrong: thrown where it is built, never while it serves. The message names the field. */
export class ConfigurationError extends Error {
	override readonly name = "ConfigurationError";
}
