import type { CacheSetting } from "./cache.ts";

/** Roles in an organisation, and so in its projects, from the least to the most. */
export const roles = ["member", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

/** Owns projects; has members. `isPersonal`: made for one person when that one registered. Times are milliseconds since 1970. */
export interface Organisation {
	readonly id: string;
	readonly name: string;
	readonly isPersonal: boolean;
	readonly limits?: LimitRules;
	readonly createdAt: number;
}

export interface Project {
	readonly id: string;
	readonly organisationId: string;
	readonly name: string;
	readonly limits?: LimitRules;
	/** Goes before what routes and the gateway say. */
	readonly cache?: CacheSetting;
	readonly createdAt: number;
}

/** A person's role in an organisation. */
export interface Membership {
	readonly organisationId: string;
	readonly userId: string;
	readonly role: Role;
}

/** What a virtual key is known by once it was shown; the key itself stands nowhere. */
export interface VirtualKey {
	readonly id: string;
	readonly projectId: string;
	readonly name: string;
	/** The key's first characters, to know it again. */
	readonly prefix: string;
	readonly scopes?: KeyScopes;
	readonly limits?: LimitRules;
	/** The id of the principal who made it. */
	readonly createdBy?: string;
	readonly createdAt: number;
	readonly expiresAt?: number;
	readonly lastUsedAt?: number;
	readonly revokedAt?: number;
	/** Until when the secret before the last rotation works too. */
	readonly previousUntil?: number;
}

/** What a key may be used for; a list that is absent allows all. */
export interface KeyScopes {
	/** Surfaces by id. */
	readonly surfaces?: readonly string[];
	/** Routes and `provider/model`; a `*` at the end stands for anything. */
	readonly models?: readonly string[];
	/** Tools by name: narrows the gateway's tool policy. */
	readonly tools?: readonly string[];
}

/** What may be used in a time, by whom the rules belong to. Absent: no limit. */
export interface LimitRules {
	readonly requestsPerMinute?: number;
	/** Input and output together. */
	readonly tokensPerMinute?: number;
	readonly concurrentRequests?: number;
	readonly budgets?: readonly Budget[];
}

/** What may be spent in a calendar day or month (UTC). */
export interface Budget {
	readonly period: "day" | "month";
	readonly requests?: number;
	/** Millionths of a US dollar. */
	readonly microUsd?: number;
	readonly tokens?: number;
}

/** Whose rules they are. */
export interface LimitedParty {
	readonly kind: "organisation" | "project" | "key" | "host";
	readonly id: string;
	readonly rules: LimitRules;
}
