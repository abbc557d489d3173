import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from "jose";
import type { FlowSecrets, SignInProviderId } from "./identity-provider.ts";

/** A sign-in that is under way, as the browser carries it. */
export interface Flow extends FlowSecrets {
	readonly provider: SignInProviderId;
	/** A whole address that was checked. */
	readonly returnTo: string;
}

/** Flows as texts that only gateways with one of our secrets can write and read. */
export interface FlowSeal {
	seal(flow: Flow): Promise<string>;
	/** @returns `undefined` for what is over, is another provider's, or was not sealed with one of our secrets. */
	open(text: string, provider: SignInProviderId): Promise<Flow | undefined>;
}

/** Time to sign in to the provider, to read its page, and to find the telephone with the second factor. */
export const flowLifetimeMs = 600_000;
const header = { alg: "dir", enc: "A256GCM" } as const;

/** @param secrets the first seals, all open. */
export function createFlowSeal(secrets: readonly string[], now: () => number): FlowSeal {
	const keys = Promise.all(secrets.map(sealingKey));
	return {
		async seal({ provider, ...flow }) {
			const [key] = await keys;
			if (key === undefined) throw new Error("There is no secret to seal sign-ins with");
			const issuedAt = Math.floor(now() / 1000);
			return new EncryptJWT({ ...flow })
				.setProtectedHeader(header)
				.setAudience(provider)
				.setExpirationTime(issuedAt + flowLifetimeMs / 1000)
				.encrypt(key);
		},
		async open(text, provider) {
			for (const key of await keys) {
				const payload = await decrypt(text, key, { audience: provider, currentDate: new Date(now()) });
				if (payload !== undefined) return flowOf(provider, payload);
			}
			return undefined;
		},
	};
}

async function decrypt(text: string, key: Uint8Array, claims: { readonly audience: string; readonly currentDate: Date }): Promise<JWTPayload | undefined> {
	try {
		const options = { ...claims, keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc], requiredClaims: ["exp"] };
		return (await jwtDecrypt(text, key, options)).payload;
	} catch (error) {
		if (error instanceof errors.JOSEError) return undefined;
		throw error;
	}
}

function flowOf(provider: SignInProviderId, { state, nonce, verifier, returnTo }: JWTPayload): Flow | undefined {
	const isWhole = typeof state === "string" && typeof nonce === "string" && typeof verifier === "string" && typeof returnTo === "string";
	return isWhole ? { provider, state, nonce, verifier, returnTo } : undefined;
}

/** A key of its own for each purpose: what seals sign-ins signs nothing. */
async function sealingKey(secret: string): Promise<Uint8Array> {
	const encoder = new TextEncoder();
	const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
	const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode("postern sign-in") };
	return new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 256));
}
