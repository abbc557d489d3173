/** Any value that JSON text can hold. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
	readonly [key: string]: Json | undefined;
}
