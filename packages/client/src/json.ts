/** What the contract says the text holds: only that it is JSON is checked. `undefined` where it is not. */
export function parseJson<Value>(text: string): Value | undefined {
	try {
		return JSON.parse(text) as Value;
	} catch {
		return undefined;
	}
}
