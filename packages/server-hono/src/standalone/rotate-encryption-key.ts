import { resealCredentials, type Resealed } from "@postern/core";
import { makeDataFolder, openDataFolder } from "./data-folder.ts";
import { addEncryptionKey, readEncryptionKeys } from "./encryption-keys.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { formatProblem, StartError } from "./problem.ts";

/**
 * `postern rotate-encryption-key`: a new first key, and every stored key of a provider sealed with it, while servers run. Stopped in its
 * midst, it is finished by the next call, before there is another key.
 * @returns the exit code.
 */
export async function rotateEncryptionKey(env: Environment, print: (line: string) => void): Promise<number> {
	const { dataFolder, encryptionKeys, problems } = readEnvironment(env);
	const [problem] = problems.filter(({ where }) => where === "POSTERN_ENCRYPTION_KEY" || where === "POSTERN_DATA");
	if (problem !== undefined) {
		print(formatProblem(problem));
		return 1;
	}
	try {
		const folder = makeDataFolder(dataFolder);
		const store = await openDataFolder(dataFolder);
		const reseal = (keys: readonly string[]) => resealCredentials({ store, encryptionKeys: keys });
		try {
			if (encryptionKeys !== undefined) return tellOfEnvironment(await reseal(encryptionKeys), print);
			const before = await reseal(readEncryptionKeys(folder));
			if (before.resealed > 0) {
				print(`ok: the rotation before was finished, ${before.resealed} sealed with its key; run this again for a new one`);
				return tellOfLost(before, print);
			}
			const after = await reseal(addEncryptionKey(folder));
			print(`ok: a new key seals; ${after.resealed + after.current} stored keys of providers are sealed with it`);
			return tellOfLost(after, print);
		} finally {
			await store.close();
		}
	} catch (error) {
		if (!(error instanceof StartError)) throw error;
		print(error.message);
		return 1;
	}
}

/** Nobody but the operator can put a key into the environment. */
function tellOfEnvironment(result: Resealed, print: (line: string) => void): number {
	if (result.resealed === 0 && result.lost === 0) {
		const remedy = "write a new one before it, with a comma between them, restart every server, then run this again";
		print(formatProblem({ where: "POSTERN_ENCRYPTION_KEY", what: "has no key in front that does not seal everything already", remedy }));
		return 1;
	}
	print(`ok: ${result.resealed} stored keys of providers are sealed with the first key of POSTERN_ENCRYPTION_KEY; the others can go in a day`);
	return tellOfLost(result, print);
}

function tellOfLost({ lost }: Resealed, print: (line: string) => void): number {
	if (lost === 0) return 0;
	print(`warning: ${lost} stored keys of providers open with no key that is here: store them again`);
	return 1;
}
