import { z } from "zod";
import type { Operation } from "../operation.ts";
import { roles } from "../tenancy.ts";

const email = z.string().min(1).max(320).meta({ description: "Compared without regard to case", example: "dev@example.com" });
/** Of a password that is there already: whatever it is, it is compared. */
const password = z.string().min(1).max(4096);
const newPassword = z
	.string()
	.min(8, { error: "The password needs at least 8 characters" })
	.max(1024, { error: "The password is longer than 1024 bytes" })
	.meta({ description: "At least 8 characters, at most 1024 bytes; any characters", example: "min8chars" });
const bodyLimit = 16 * 1024;

export const user = z
	.object({
		id: z.string(),
		email: z.string().meta({ description: "As it was written at registration" }),
		name: z.string(),
		emailVerified: z.boolean().meta({ description: "Whether an identity provider vouched for the address" }),
		createdAt: z.iso.datetime(),
	})
	.meta({ id: "User" });
export type UserBody = z.output<typeof user>;

const userResult = z.object({ user });

export const profile = z
	.object({
		user,
		organisations: z.array(z.object({ id: z.string(), name: z.string(), role: z.enum(roles) })).meta({ description: "Oldest first" }),
	})
	.meta({ id: "Profile" });
export type Profile = z.output<typeof profile>;

export const registration = z
	.strictObject({
		email,
		password: newPassword,
		name: z.string().max(200).optional().meta({ description: "Default: the part of the address before the @", example: "Dev" }),
		invitation: z
			.string()
			.min(1)
			.max(200)
			.optional()
			.meta({ description: "The token of an invitation of this address: accepted with the account that is made. Needed where registration is closed" }),
	})
	.meta({ id: "Registration" });
export type Registration = z.input<typeof registration>;

export const credentials = z.strictObject({ email, password }).meta({ id: "Credentials" });
export type Credentials = z.input<typeof credentials>;

export const passwordChange = z
	.strictObject({
		currentPassword: password.optional().meta({ description: "Needed where there is one" }),
		newPassword,
	})
	.meta({ id: "PasswordChange" });
export type PasswordChangeRequest = z.input<typeof passwordChange>;

const signedOut = z.object({ ok: z.literal(true) });
const bodyErrors = ["VALIDATION_ERROR", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const;
const passwordErrors = ["TOO_MANY_ATTEMPTS", "CAPABILITY_ABSENT", "GATEWAY_BUSY"] as const;
const alwaysErrors = ["CSRF_REFUSED", "INTERNAL_ERROR"] as const;
const personErrors = ["UNAUTHORIZED", "INVALID_TOKEN", "SHUTTING_DOWN"] as const;

export const authOperations = {
	register: {
		surface: "accounts",
		method: "POST",
		path: "/auth/register",
		summary: "Create an account, with an organisation of its own, and sign in",
		description: "With an invitation the account belongs to the organisation that invited too, and is made where registration is closed.",
		access: "public",
		body: registration,
		bodyLimit,
		status: 201,
		output: { kind: "json", schema: userResult },
		errors: [...bodyErrors, ...passwordErrors, "REGISTRATION_CLOSED", "EMAIL_TAKEN", "NOT_FOUND", ...alwaysErrors],
		example: { email: "dev@example.com", password: "min8chars", name: "Dev" },
	},
	login: {
		surface: "accounts",
		method: "POST",
		path: "/auth/login",
		summary: "Sign in with email and password",
		access: "public",
		body: credentials,
		bodyLimit,
		output: { kind: "json", schema: userResult },
		errors: [...bodyErrors, ...passwordErrors, "INVALID_CREDENTIALS", ...alwaysErrors],
		example: { email: "dev@example.com", password: "min8chars" },
	},
	getProfile: {
		surface: "accounts",
		method: "GET",
		path: "/auth/me",
		summary: "Who is signed in, and its organisations with its roles",
		access: "user",
		output: { kind: "json", schema: profile },
		errors: [...personErrors, "INTERNAL_ERROR"],
	},
	logout: {
		surface: "accounts",
		method: "POST",
		path: "/auth/logout",
		summary: "Sign out, and forget the session cookie",
		description: "Well also where nobody is signed in.",
		access: "public",
		output: { kind: "json", schema: signedOut },
		errors: ["INVALID_TOKEN", ...alwaysErrors],
	},
	logoutEverywhere: {
		surface: "accounts",
		method: "POST",
		path: "/auth/logout-all",
		summary: "Sign out in every browser",
		access: "user",
		output: { kind: "json", schema: signedOut },
		errors: [...personErrors, ...alwaysErrors],
	},
	changePassword: {
		surface: "accounts",
		method: "POST",
		path: "/auth/password",
		summary: "Change the password, and sign out in every other browser",
		access: "user",
		body: passwordChange,
		bodyLimit,
		output: { kind: "json", schema: userResult },
		errors: [...bodyErrors, ...passwordErrors, ...personErrors, "INVALID_CREDENTIALS", ...alwaysErrors],
		example: { currentPassword: "min8chars", newPassword: "another 8 characters" },
	},
} as const satisfies Record<string, Operation>;
