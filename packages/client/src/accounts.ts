import { type AuthMethods, authMethods } from "./auth.ts";
import { type CredentialMethods, credentialMethods } from "./credentials.ts";
import type { ClientOptions } from "./options.ts";
import { type SignInMethods, signInMethods } from "./sign-in.ts";
import { type TenancyMethods, tenancyMethods } from "./tenancy.ts";
import { createTransport } from "./transport.ts";

export type { AuthMethods, Credentials, PasswordChange, Profile, Registration, SignedIn, SignedOut } from "./auth.ts";
export type { AuditLogFilter, AuditLogPage, CredentialMethods, ProviderCredential, ProviderCredentials, ProviderKey } from "./credentials.ts";
export { type ClientErrorCode, PosternError, type PosternErrorCode, type PosternErrorDetails } from "./error.ts";
export type { CacheChoice, CallOptions, ClientOptions } from "./options.ts";
export type { LinkedIdentities, LinkedIdentity, SignInMethods, SignInProvider, SignInProviders } from "./sign-in.ts";
export type {
	Invitation,
	KeyRequest,
	KeyRotation,
	Limits,
	LimitStanding,
	LimitStandings,
	Member,
	MemberRole,
	NewInvitation,
	NewKey,
	NewProject,
	Organisation,
	Page,
	PageRequest,
	Project,
	ProjectChange,
	TenancyMethods,
	VirtualKeyDetails,
} from "./tenancy.ts";

/** A method for every operation of the accounts surface: people, organisations, projects and their keys. */
export interface AccountsClient extends AuthMethods, SignInMethods, TenancyMethods, CredentialMethods {}

/**
 * A client of the accounts of the gateway at `baseUrl`, beside {@link createClient} and with the same options: an entry of its own, so that
 * pages that only use models carry nothing of it.
 * @throws {TypeError} naming the option that cannot be used
 */
export function createAccountsClient(options: ClientOptions = {}): AccountsClient {
	const transport = createTransport(options);
	return { ...authMethods(transport), ...signInMethods(transport), ...tenancyMethods(transport), ...credentialMethods(transport) };
}
