import { type Cell, emptyCell, emptyState, emptyTarget, type LearnState, type Recent, type TargetState } from "./state.ts";

/**
 * A state as a store gives it back. Another version of Postern may have written it, which counted other things: what is missing in it, or
 * is no number, stands as if it had never been counted, and what is not known here is left out.
 */
export function readState(text: string): LearnState {
	const state = parsed(text);
	return {
		targets: mapped(partOf(state, "targets"), readTarget),
		choices: filled(emptyState.choices, partOf(state, "choices")),
	};
}

function readTarget(target: unknown): TargetState {
	const recent = partOf(target, "recent");
	return {
		...filled({ ...emptyTarget, cells: {}, recent: [] }, target),
		cells: mapped(partOf(target, "cells"), (cell): Cell => filled(emptyCell(0), cell)),
		recent: Array.isArray(recent) ? recent.filter(isRecent) : [],
	};
}

function isRecent(entry: unknown): entry is Recent {
	if (!Array.isArray(entry)) return false;
	const [at, ok, ...residuals] = entry;
	return Number.isFinite(at) && (ok === 0 || ok === 1) && residuals.length === 2 && residuals.every((residual) => residual === null || Number.isFinite(residual));
}

/** The form of the one with the numbers of the other. */
function filled<Form>(form: Form, value: unknown): Form;
function filled(form: unknown, value: unknown): unknown {
	if (typeof form === "number") return Number.isFinite(value) ? value : form;
	if (Array.isArray(form)) return form.map((part, index) => filled(part, partOf(value, index)));
	if (typeof form !== "object" || form === null) return form;
	return Object.fromEntries(Object.entries(form).map(([key, part]) => [key, filled(part, partOf(value, key))]));
}

/** `fromEntries` takes every name for a name, `__proto__` too. */
function mapped<Value>(record: unknown, read: (value: unknown) => Value): Readonly<Record<string, Value>> {
	if (typeof record !== "object" || record === null) return {};
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, read(value)]));
}

function partOf(value: unknown, key: string | number): unknown {
	return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
