/** What a suite needs of a test runner; vitest's and Jest's own functions fit. */
export interface TestFunctions {
	readonly describe: (name: string, define: () => void) => unknown;
	readonly it: (name: string, run: () => Promise<void>) => unknown;
	readonly expect: (actual: unknown) => Expectation;
}

export interface Expectation {
	toBe(expected: unknown): unknown;
	toEqual(expected: unknown): unknown;
	toMatchObject(expected: object): unknown;
	toContain(expected: unknown): unknown;
	toBeLessThan(expected: number): unknown;
	readonly rejects: { toThrow(expected: RegExp): Promise<unknown> };
	readonly not: { toContain(expected: unknown): unknown };
}
