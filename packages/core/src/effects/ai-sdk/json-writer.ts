import { toBase64 } from "./base64.ts";

/** The longest body of a provider's error that is looked at, in UTF-16 units. */
const maxBodyLength = 64 * 1024;

/**
 * What a model says as JSON text: bytes in base64, dates in ISO 8601, errors as the few fields that tell what went wrong.
 * @throws {TypeError} for a value that holds itself.
 */
export function writeJson(value: unknown): string {
	return JSON.stringify(value, writeValue);
}

// Not an arrow function: before `toJSON` a value is seen through its owner only.
function writeValue(this: unknown, key: string, value: unknown): unknown {
	const own = typeof this === "object" && this !== null ? Reflect.get(this, key) : value;
	if (own instanceof Uint8Array) return toBase64(own);
	if (own instanceof Error) return errorFields(own);
	return typeof value === "bigint" ? String(value) : value;
}

/** No stack, no request, no cause: what the dialect's failure decoder reads and nothing else. */
export function errorFields(error: Error): Readonly<Record<string, unknown>> {
	const field = (name: string): unknown => Reflect.get(error, name);
	const responseBody = field("responseBody");
	return {
		name: error.name,
		message: error.message,
		statusCode: field("statusCode"),
		type: field("type"),
		code: field("code"),
		...(typeof responseBody === "string" && responseBody.length <= maxBodyLength ? { responseBody } : { data: field("data") }),
	};
}
