/** A person with an account. Times are milliseconds since 1970. */
export interface User {
	readonly id: string;
	/** As it is compared and kept unique: lower case, the domain in ASCII. */
	readonly email: string;
	/** As the person wrote it. */
	readonly shownEmail: string;
	readonly name: string;
	/** When an identity provider vouched that the address is this person's. */
	readonly emailVerifiedAt?: number;
	readonly createdAt: number;
}

/** A person as an identity provider knows it: who says so (`google`), and under which name that never changes. */
export interface Identity {
	readonly provider: string;
	readonly subject: string;
}

/** One that opens somebody's account. */
export interface LinkedIdentity extends Identity {
	/** Absent where nobody wrote it down. */
	readonly addedAt?: number;
}

/** A browser that a person is signed in with. */
export interface UserSession {
	readonly id: string;
	readonly userId: string;
	readonly createdAt: number;
	readonly expiresAt: number;
	readonly revokedAt?: number;
}
