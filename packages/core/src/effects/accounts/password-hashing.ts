import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { Runtime } from "../runtime.ts";

/** Password work of one gateway: few at once, few waiting, and as much for somebody who is not there as for somebody who is. */
export interface PasswordHashing {
	hash(password: string): Promise<Decoded<string, GatewayError>>;
	/** @param hash `undefined` where there is none to compare with: the same work is done, and the answer is `no`. */
	verify(password: string, hash: string | undefined): Promise<Decoded<"yes" | "no" | "yes-rehash", GatewayError>>;
}

/** Each takes a thread of the pool and tens of megabytes: two leave threads for files and names. */
const concurrentJobs = 2;
/** At tens of milliseconds each the last one waits a few seconds, and a thousand at once cannot fill the memory. */
const waitingJobs = 50;

export function createPasswordHashing({ passwords, randomBytes }: Pick<Runtime, "passwords" | "randomBytes">): PasswordHashing {
	const waiting: (() => void)[] = [];
	let running = 0;
	let stranger: Promise<string> | undefined;

	async function enter(): Promise<boolean> {
		if (running >= concurrentJobs) {
			if (waiting.length >= waitingJobs) return false;
			await new Promise<void>((resolve) => waiting.push(resolve));
		} else running++;
		return true;
	}

	/** The place goes to who waits longest. */
	function leave(): void {
		const next = waiting.shift();
		if (next === undefined) running--;
		else next();
	}

	async function run<Result>(job: (worker: NonNullable<Runtime["passwords"]>) => Promise<Result>): Promise<Decoded<Result, GatewayError>> {
		if (passwords === undefined) return refuse(gatewayError("CAPABILITY_ABSENT", { message: "This gateway's runtime cannot hash passwords" }));
		if (!(await enter())) return refuse(gatewayError("GATEWAY_BUSY", { retryAfterMs: 2000 }));
		try {
			return { ok: true, value: await job(passwords) };
		} finally {
			leave();
		}
	}

	/** Made before the first look at any account, with the parameters of today: nobody's password. */
	function strangersHash(worker: NonNullable<Runtime["passwords"]>): Promise<string> {
		if (stranger === undefined) {
			const made = worker.hash([...randomBytes(24)].join("."));
			stranger = made;
			made.catch(() => {
				stranger = undefined;
			});
		}
		return stranger;
	}

	return {
		hash: (password) => run((worker) => worker.hash(password)),
		verify: (password, hash) =>
			run(async (worker) => {
				const nobodys = await strangersHash(worker);
				const verdict = await worker.verify(password, hash ?? nobodys);
				return hash === undefined ? "no" : verdict;
			}),
	};
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}
