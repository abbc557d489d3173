import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditActions } from "../../../src/contract/audit.ts";
import { type AuditedAct, auditDetails } from "../../../src/rules/audit/details.ts";

const providers = ["openai", "sim"];
const targets = ["openai/gpt-4o", "sim/echo"];

describe("details of the audit log", () => {
	it.each<[AuditedAct, unknown]>([
		[{ action: "user.signed-in", details: { method: "google" } }, { method: "google" }],
		[{ action: "member.role-changed", details: { role: "admin" } }, { role: "admin" }],
		[{ action: "key.created", details: { expiresAt: 5, scoped: true, limited: false } }, { expiresAt: 5, scoped: true, limited: false }],
		[{ action: "key.created", details: { expiresAt: undefined, scoped: true } }, { scoped: true }],
		[{ action: "credential.stored", details: { provider: "openai" } }, { provider: "openai" }],
		[{ action: "limits.changed", details: { level: "project", budgets: 2 } }, { level: "project", budgets: 2 }],
		[{ action: "project.changed", details: { renamed: false, cache: "on", ttlSeconds: 60 } }, { renamed: false, cache: "on", ttlSeconds: 60 }],
		[{ action: "weights.changed", details: { count: 2, scores: "openai/gpt-4o 0.85, sim/echo none" } }, { count: 2, scores: "openai/gpt-4o 0.85, sim/echo none" }],
		[{ action: "weights.changed", details: { count: 1, scores: "openai/sk-secret 0.85" } }, { count: 1 }],
		[{ action: "weights.changed", details: { count: 1, scores: "openai/gpt-4o sk-secret" } }, { count: 1 }],
		[{ action: "key.revoked" }, undefined],
	])("%j keeps what the action has", (act, kept) => expect(auditDetails(act, providers, targets)).toEqual(kept));

	it("leaves out what the action does not have, and what is of another kind", () => {
		const details = { provider: "sk-secret", method: "hunter2", role: "root", apiKey: "sk-secret", expiresAt: "sk-secret", scoped: "sk-secret", level: "sk-secret", cache: "sk-secret", count: "sk-secret", scores: "sk-secret", constructor: "x" };
		for (const action of auditActions) expect(auditDetails({ action, details } as unknown as AuditedAct, providers, targets), action).toBe(undefined);
	});

	it("has no place for text that somebody chose", () => {
		const anything = fc.dictionary(fc.constantFrom("method", "reason", "role", "provider", "level", "cache", "all", "expiresAt", "scores", "x"), fc.anything());
		fc.assert(
			fc.property(fc.constantFrom(...auditActions), anything, (action, details) => {
				const words = ["password", "google", "github", "oidc", "unknown-account", "wrong-password", "throttled", "identity-provider", "member", "admin", "owner", "organisation", "project", "key", "on", "off", "inherited", ...providers];
				const kept = Object.values(auditDetails({ action, details } as unknown as AuditedAct, providers, targets) ?? {});
				return kept.every((value) => typeof value === "number" || typeof value === "boolean" || words.includes(value));
			}),
		);
	});
});
