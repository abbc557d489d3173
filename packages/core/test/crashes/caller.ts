export interface Spoken {
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: object;
	/** Once the first piece of the answer is there. */
	readonly hangsUp?: boolean;
}
export interface Heard {
	readonly status: number;
	/** The request's. */
	readonly id: string;
	readonly text: string;
}

/** @returns the answer that came whole; `undefined` where the connection broke, or the caller hung up. */
export async function heard(url: string, { method, headers, body, hangsUp = false }: Spoken): Promise<Heard | undefined> {
	const leaving = new AbortController();
	try {
		const response = await fetch(url, {
			method,
			headers: { "content-type": "application/json", ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			signal: leaving.signal,
		});
		if (hangsUp) {
			await response.body?.getReader().read();
			leaving.abort();
			return undefined;
		}
		return { status: response.status, id: response.headers.get("x-request-id") ?? "", text: await response.text() };
	} catch {
		return undefined;
	}
}
