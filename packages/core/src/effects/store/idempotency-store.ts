/**
 * What was answered to requests that carry a key, so that their repetition gets the same answer. Each verb is atomic: of many that
 * begin at once, one does. What is over at `now` is as good as not there.
 */
export interface IdempotencyStore {
	begin(attempt: IdempotentAttempt): Promise<Begun>;
	/** @returns `false` where another one has taken the key over: the lease had run out. */
	extend(key: string, owner: string, leaseUntil: number): Promise<boolean>;
	/**
	 * The end of what `owner` began.
	 * @param answer absent where none may be kept: that it was done is remembered all the same.
	 * @returns `false` where another one has taken the key over: nothing is changed then.
	 */
	finish(key: string, owner: string, end: { readonly answer?: string | undefined; readonly expiresAt: number }): Promise<boolean>;
	/** As if `owner` had never begun. */
	release(key: string, owner: string): Promise<void>;
}

export interface IdempotentAttempt {
	readonly key: string;
	/** Of all that the request says. */
	readonly fingerprint: string;
	/** The id of the request. */
	readonly owner: string;
	readonly now: number;
	/** Until when nobody else may begin, unless it is extended: what died in its midst does not hold the key for ever. */
	readonly leaseUntil: number;
}

/** How it stands with the first request of a key. */
export type Begun =
	| { readonly state: "begun" }
	| { readonly state: "running"; readonly fingerprint: string }
	| { readonly state: "done"; readonly fingerprint: string; readonly answer?: string; readonly expiresAt: number };
