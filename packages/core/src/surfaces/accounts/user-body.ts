import type { User } from "../../contract/account.ts";
import type { UserBody } from "../../contract/operations/auth.ts";

/** What a person is told of itself. */
export function userBody({ id, shownEmail, name, emailVerifiedAt, createdAt }: User): UserBody {
	return { id, email: shownEmail, name, emailVerified: emailVerifiedAt !== undefined, createdAt: new Date(createdAt).toISOString() };
}
