import type { Asset } from "../../effects/runtime.ts";
import type { Reply } from "../reply.ts";
import { docsInitScript } from "./page.ts";

export interface DocsFileOptions {
	/** `scalar.js` or `init.js`. */
	readonly file: string;
	/** The request's `accept-encoding`. */
	readonly acceptEncoding: string | undefined;
	/** The runtime's files, where it has any. */
	readonly asset: ((name: string) => Promise<Asset | undefined>) | undefined;
}

/** Anything but an hour's memory would outlive an upgrade: the names of the files carry no version. */
const cacheControl = "public, max-age=3600";

/** A file of the documentation page; `undefined` where there is none of that name or the runtime has not got it. */
export async function docsFile({ file, acceptEncoding, asset }: DocsFileOptions): Promise<Reply | undefined> {
	if (file === "init.js") return script(docsInitScript);
	if (file !== "scalar.js") return undefined;
	const found = await asset?.(file);
	if (found === undefined) return undefined;
	const { bytes, contentEncoding } = found;
	if (contentEncoding === undefined) return script(bytes);
	const headers = { "content-encoding": contentEncoding, vary: "accept-encoding" };
	if (accepts(acceptEncoding, contentEncoding)) return script(bytes, headers);
	return script(await decompress(bytes, contentEncoding), { vary: "accept-encoding" });
}

function script(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Reply {
	return {
		status: 200,
		headers: {
			"content-type": "text/javascript; charset=utf-8",
			"cache-control": cacheControl,
			"x-content-type-options": "nosniff",
			...headers,
		},
		body,
	};
}

/** RFC 9110 12.5.3: listed, by name or by `*`, with a weight above 0. A name beats the star. */
export function accepts(acceptEncoding: string | undefined, encoding: string): boolean {
	const weights = new Map(
		(acceptEncoding ?? "").split(",").map((item) => {
			const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
			const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
			return [name, weight === undefined ? 1 : Number(weight)];
		}),
	);
	return (weights.get(encoding) ?? weights.get("*") ?? 0) > 0;
}

/** Browsers accept brotli from secure origins only: one on plain HTTP gets the text. */
async function decompress(bytes: Uint8Array, contentEncoding: string): Promise<Uint8Array> {
	const format = contentEncoding === "br" ? "brotli" : contentEncoding;
	// The type of the platform does not know brotli yet; Node, Deno and Bun do.
	const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream(format as CompressionFormat));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}
