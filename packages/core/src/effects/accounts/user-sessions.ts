import { errors, jwtVerify, SignJWT } from "jose";
import type { UserSession } from "../../contract/account.ts";
import type { AccountStore } from "../store/account-store.ts";

/** Sessions of people who signed in, and the signed tokens (JWT) that their browsers show for them. */
export interface UserSessions {
	/** Always another session: whatever a browser had before it signed in is worth nothing behind it. */
	start(userId: string): Promise<{ readonly session: UserSession; readonly token: string }>;
	/** The session of a token that one of our secrets signed, where it is neither over nor revoked. */
	find(token: string): Promise<UserSession | undefined>;
}

export interface UserSessionsOptions {
	/** The first signs, all verify. */
	readonly secrets: readonly [string, ...string[]];
	readonly maxAgeMs: number;
	readonly accounts: AccountStore;
	readonly now: () => number;
	readonly createId: (prefix: "sid") => string;
}

export function createUserSessions({ secrets, maxAgeMs, accounts, now, createId }: UserSessionsOptions): UserSessions {
	const ring = Promise.all(secrets.map(signingKey)).then((keys) => ({ first: keys[0], byId: new Map(keys.map((key) => [key.id, key.bytes])) }));

	/** The session that a token names, once its signature and its claims hold. */
	async function readToken(token: string): Promise<{ readonly sessionId: string; readonly userId: string } | undefined> {
		if (!isSessionToken(token)) return undefined;
		const { byId } = await ring;
		try {
			const { payload } = await jwtVerify(
				token,
				({ kid }) => {
					const key = byId.get(kid ?? "");
					if (key === undefined) throw new errors.JWKSNoMatchingKey();
					return key;
				},
				// One algorithm, whatever the token says of itself (RFC 8725 3.1).
				{ algorithms: [algorithm], issuer, audience, clockTolerance: 5, currentDate: new Date(now()), requiredClaims: ["sub", "sid", "iat", "exp"] },
			);
			const { sub, sid } = payload;
			return sub === undefined || typeof sid !== "string" ? undefined : { sessionId: sid, userId: sub };
		} catch (error) {
			if (error instanceof errors.JOSEError) return undefined;
			throw error;
		}
	}

	return {
		async start(userId) {
			const { first } = await ring;
			if (first === undefined) throw new Error("There is no secret to sign sessions with");
			const createdAt = now();
			const session: UserSession = { id: createId("sid"), userId, createdAt, expiresAt: createdAt + maxAgeMs };
			await accounts.createSession(session);
			const token = await new SignJWT({ sid: session.id })
				.setProtectedHeader({ alg: algorithm, typ: "JWT", kid: first.id })
				.setSubject(userId)
				.setIssuer(issuer)
				.setAudience(audience)
				.setIssuedAt(Math.floor(createdAt / 1000))
				.setExpirationTime(Math.floor(session.expiresAt / 1000))
				.sign(first.bytes);
			return { session, token };
		},
		async find(token) {
			const named = await readToken(token);
			if (named === undefined) return undefined;
			// Looked up each time: what is revoked is revoked at once, on every gateway that shares the store.
			const session = await accounts.findSession(named.sessionId);
			const isValid = session !== undefined && session.userId === named.userId && session.revokedAt === undefined && session.expiresAt > now();
			return isValid ? session : undefined;
		},
	};
}

/** Whether a text has the form of a token, as against a key: nothing else is worth the work of verifying. */
export function isSessionToken(text: string): boolean {
	return text.length <= 2048 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

const algorithm = "HS256";
const issuer = "postern";
const audience = "postern-session";

/** The id says which secret signed: a part of the secret's hash, of no use to whoever reads it. */
async function signingKey(secret: string): Promise<{ readonly id: string; readonly bytes: Uint8Array }> {
	const bytes = new TextEncoder().encode(secret);
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`postern session key ${secret}`));
	const id = [...new Uint8Array(digest).subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return { id, bytes };
}
