import type { User } from "../../contract/account.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { startAttempt } from "../../effects/accounts/attempts.ts";
import { audit } from "../../effects/audit.ts";
import type { Services } from "../../effects/services.ts";
import { ownEntry } from "../../effects/sign-in/open-account.ts";
import type { Call } from "../../http/surface.ts";
import { signInKeys } from "../../rules/auth/attempts.ts";
import { networkOf } from "../../rules/auth/network.ts";
import { normalisePassword } from "../../rules/auth/password.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

interface Claim {
	readonly email: string;
	/** `undefined`: nobody has this address. The same is done, so that nobody can tell by the time it takes. */
	readonly user: User | undefined;
	readonly password: string;
}

interface Proof {
	readonly user: User;
	/** What stands for the password now. */
	readonly hash: string;
}

/** Whether somebody is who it claims to be, as often as may be tried. */
export async function provePassword({ email, user, password }: Claim, call: Call<unknown>, services: Services): Promise<Decoded<Proof, GatewayError>> {
	const { store, runtime, accounts } = services;
	const attempt = await startAttempt(signInKeys(email, networkOf(call.request.remoteAddress)), store.accounts, runtime.now);
	if (!attempt.ok) return attempt;
	const hash = await store.accounts.findPasswordHash(user?.id ?? "");
	const normalised = normalisePassword(password);
	const verdict = await accounts.passwords.verify(normalised, hash);
	if (!verdict.ok) {
		await attempt.value.withdraw();
		return verdict;
	}
	if (verdict.value === "no" || user === undefined || hash === undefined) {
		// Refused tries are not written down: whoever is told to wait could fill the log by not waiting.
		const failed = { action: "user.sign-in-failed", details: { method: "password", reason: user === undefined ? "unknown-account" : "wrong-password" } } as const;
		await audit(call, services, user === undefined ? failed : { ...ownEntry(user.id, failed), actor: { kind: "anonymous", id: "anonymous" } });
		return { ok: false, problem: gatewayError("INVALID_CREDENTIALS") };
	}
	await attempt.value.succeed();
	if (verdict.value === "yes") return { ok: true, value: { user, hash } };
	// Hashed with parameters of the past, and this is the only moment at which the password is known.
	const next = await accounts.passwords.hash(normalised);
	if (!next.ok) return { ok: true, value: { user, hash } };
	await store.accounts.rehashPassword(user.id, hash, next.value);
	return { ok: true, value: { user, hash: next.value } };
}
