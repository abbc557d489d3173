/** What a promise is rejected with; one that is not fails the test. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
	try {
		await promise;
	} catch (error) {
		return error;
	}
	throw new Error("It did not fail");
}
