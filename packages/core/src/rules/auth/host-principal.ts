import type { Principal } from "../../contract/principal.ts";

/** What the gateway's own principals are called, or their ids begin with. */
const reserved = /^(?:operator$|anonymous$|usr_|key_|host:)/;

/**
 * A host's principal under an id that is nobody else's: what belongs to somebody is found by the id alone, and embedding apps may take
 * names that people choose for ids. Different ids stay different.
 */
export function asOwnPrincipal(principal: Principal): Principal {
	return principal.kind === "host" && reserved.test(principal.id) ? { ...principal, id: `host:${principal.id}` } : principal;
}
