import type { Role } from "../../contract/tenancy.ts";
import { isAtLeast } from "./access.ts";

/** Owners remove everybody, admins members, and everybody may leave. */
export function mayRemove(actor: Role, removed: Role, isSelf: boolean): boolean {
	return isSelf || actor === "owner" || (actor === "admin" && removed === "member");
}

/** Nobody lets in who may do more than a member, but owners. */
export function mayInvite(actor: Role, invited: Role): boolean {
	return isAtLeast(actor, "admin") && (invited === "member" || actor === "owner");
}
