/** How often something failed that may not be tried without end. */
export interface AttemptCounter {
	readonly key: string;
	readonly failures: number;
	/** When it was last tried. */
	readonly lastAt: number;
	/** When it last went well. */
	readonly succeededAt?: number;
	readonly expiresAt: number;
}

/** So many failures cost nothing; then each doubles the wait for the next try. */
export interface AttemptLimit {
	readonly free: number;
	readonly firstWaitMs: number;
	readonly longestWaitMs: number;
	/** How long after the last try the counter starts anew. */
	readonly forgetMs: number;
	/** Does not hold for whoever has succeeded from the same address before. */
	readonly forStrangers?: true;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * One address on one account is slowed down first. The account as a whole is slowed down later and never for long, and not for an
 * address that its owner has signed in from: else a stranger could lock anybody out. An address that tries many accounts waits too.
 */
export const attemptLimits = {
	pair: { free: 5, firstWaitMs: second, longestWaitMs: 15 * minute, forgetMs: hour },
	account: { free: 30, firstWaitMs: second, longestWaitMs: minute, forgetMs: hour, forStrangers: true },
	/** In place of the pair, where nobody knows the address. */
	accountAlone: { free: 5, firstWaitMs: second, longestWaitMs: minute, forgetMs: hour },
	address: { free: 30, firstWaitMs: second, longestWaitMs: 15 * minute, forgetMs: hour },
	/** Registrations from one address: each counts, since each also tells whether an account is there. */
	registration: { free: 10, firstWaitMs: 10 * second, longestWaitMs: 15 * minute, forgetMs: hour },
} as const satisfies Record<string, AttemptLimit>;

/** How long an address is remembered that its owner has signed in from. */
const rememberMs = 30 * 24 * hour;

export interface LimitedKey {
	readonly key: string;
	readonly limit: AttemptLimit;
}

/** What may be tried: the pair of account and address before the account and the address alone. */
export function signInKeys(email: string, network: string | undefined): readonly LimitedKey[] {
	if (network === undefined) return [{ key: `account ${email}`, limit: attemptLimits.accountAlone }];
	return [
		{ key: `pair ${network} ${email}`, limit: attemptLimits.pair },
		{ key: `account ${email}`, limit: attemptLimits.account },
		{ key: `address ${network}`, limit: attemptLimits.address },
	];
}

export function registrationKeys(network: string | undefined): readonly LimitedKey[] {
	return network === undefined ? [] : [{ key: `registration ${network}`, limit: attemptLimits.registration }];
}

/** Sign-ins that an identity provider is asked about: whose they are is known only afterwards. */
export function addressKeys(network: string | undefined): readonly LimitedKey[] {
	return network === undefined ? [] : [{ key: `address ${network}`, limit: attemptLimits.address }];
}

/** What becomes of the counters of some keys, in their order. */
export type AttemptRule = (keys: readonly LimitedKey[], counters: readonly (AttemptCounter | undefined)[], now: number) => AttemptDecision;

export interface AttemptDecision {
	readonly counters: readonly AttemptCounter[];
	/** Milliseconds; 0: go on. */
	readonly result: number;
}

/**
 * Whether another try is due. It counts as failed until it is known to have gone well, so that many at once cannot all be the first.
 * A refused one counts nothing: whoever waits as told is let in.
 */
export const beginAttempt: AttemptRule = (keys, counters, now) => {
	const isKnown = counters.some((counter) => counter?.succeededAt !== undefined);
	const waits = keys.map(({ limit }, at) => (limit.forStrangers === true && isKnown ? 0 : waitOf(limit, counters[at], now)));
	const wait = Math.max(0, ...waits);
	if (wait > 0) return { counters: [], result: wait };
	const counted = keys.map(({ key, limit }, at) => {
		const before = counters[at];
		return {
			...before,
			key,
			failures: failuresBefore(limit, before, now) + 1,
			lastAt: now,
			expiresAt: Math.max(before?.expiresAt ?? 0, now + limit.forgetMs),
		};
	});
	return { counters: counted, result: 0 };
};

/** It went well: the account and this address on it start anew. The address alone does not: an attacker has an account too. */
export const succeedAttempt: AttemptRule = (keys, counters, now) => {
	const settled = keys.map(({ key, limit }, at): AttemptCounter => {
		if (limit === attemptLimits.pair) return { key, failures: 0, lastAt: now, succeededAt: now, expiresAt: now + rememberMs };
		if (limit === attemptLimits.address) return withdrawn(key, counters[at], now);
		return { key, failures: 0, lastAt: now, expiresAt: now };
	});
	return { counters: settled, result: 0 };
};

/** It was no try at all: nobody looked at the password. */
export const withdrawAttempt: AttemptRule = (keys, counters, now) => {
	return { counters: keys.map(({ key }, at) => withdrawn(key, counters[at], now)), result: 0 };
};

function withdrawn(key: string, counter: AttemptCounter | undefined, now: number): AttemptCounter {
	if (counter === undefined) return { key, failures: 0, lastAt: now, expiresAt: now };
	return { ...counter, failures: Math.max(0, counter.failures - 1) };
}

function waitOf(limit: AttemptLimit, counter: AttemptCounter | undefined, now: number): number {
	const failures = failuresBefore(limit, counter, now);
	if (counter === undefined || failures < limit.free) return 0;
	const wait = Math.min(limit.longestWaitMs, limit.firstWaitMs * 2 ** (failures - limit.free));
	return Math.max(0, counter.lastAt + wait - now);
}

function failuresBefore({ forgetMs }: AttemptLimit, counter: AttemptCounter | undefined, now: number): number {
	return counter === undefined || now - counter.lastAt >= forgetMs ? 0 : counter.failures;
}
