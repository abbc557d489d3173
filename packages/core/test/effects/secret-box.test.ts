import { describe, expect, it } from "vitest";
import { defaultRuntime } from "../../src/effects/default-runtime.ts";
import { createSecretBox, type EncryptionKeys } from "../../src/effects/secret-box.ts";

const key = (letter: string) => `${letter.repeat(42)}A=`;
const box = (keys: EncryptionKeys) => createSecretBox(keys, defaultRuntime());

describe("the secret box", () => {
	it("opens what it sealed, whatever it is", async () => {
		const { seal, open } = box([key("a")]);
		for (const secret of ["", "sk-1", "\u{1f469}\u200d\u{1f680}", "x".repeat(100_000)]) expect(await open(await seal(secret, "crd_1"), "crd_1")).toBe(secret);
	});

	it("seals the same in another way each time, and shows nothing of it", async () => {
		const { seal } = box([key("a")]);
		const [one, other] = [await seal("sk-secret", "crd_1"), await seal("sk-secret", "crd_1")];
		expect(one).not.toBe(other);
		expect(one).not.toContain("secret");
		expect(JSON.parse(one)).toEqual({ v: 1, kid: expect.stringMatching(/^[0-9a-f]{16}$/), iv: expect.any(String), data: expect.any(String) });
	});

	it("does not open in another place, nor what was changed, nor without its key", async () => {
		const { seal, open } = box([key("a")]);
		const sealed = await seal("sk-secret", "crd_1");
		expect(await open(sealed, "crd_2")).toBe(undefined);
		const { data, ...rest } = JSON.parse(sealed) as { data: string };
		const changed = JSON.stringify({ ...rest, data: (data.startsWith("A") ? "B" : "A") + data.slice(1) });
		expect(await open(changed, "crd_1")).toBe(undefined);
		expect(await open("nonsense", "crd_1")).toBe(undefined);
		expect(await box([key("b")]).open(sealed, "crd_1")).toBe(undefined);
	});

	it("seals with the first key and opens with all", async () => {
		const old = await box([key("a")]).seal("old", "crd_1");
		const both = box([key("b"), key("a")]);
		expect(await both.open(old, "crd_1")).toBe("old");
		expect(await both.isCurrent(old)).toBe(false);
		const fresh = await both.seal("new", "crd_1");
		expect(await both.isCurrent(fresh)).toBe(true);
		expect(await box([key("b")]).open(fresh, "crd_1")).toBe("new");
	});

	it("meets a key that came after it was made", async () => {
		let keys = [key("a")];
		const running = box(async () => keys);
		const old = await running.seal("old", "crd_1");
		keys = [key("b"), key("a")];
		const fresh = await box([key("b")]).seal("new", "crd_1");
		expect(await running.open(fresh, "crd_1")).toBe("new");
		expect(await running.open(old, "crd_1")).toBe("old");
		expect(await running.isCurrent(await running.seal("newer", "crd_1"))).toBe(true);
	});

	it("tries again where the keys could not be read", async () => {
		let isReadable = false;
		const { seal } = box(() => (isReadable ? [key("a")] : Promise.reject(new Error("no such file"))));
		await expect(seal("x", "crd_1")).rejects.toThrow("no such file");
		isReadable = true;
		await seal("x", "crd_1");
	});
});
