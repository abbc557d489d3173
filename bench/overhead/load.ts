import { connect, type Socket } from "node:net";
import { createAnswerReader, type ReadAnswer } from "./answer-reader.ts";
import { serveCommands } from "./control.ts";
import { type Percentiles, percentiles } from "./figures.ts";
import type { Workload } from "./payloads.ts";

export interface LoadPlan {
	readonly port: number;
	readonly workload: Workload;
	/** `closed`: every connection asks again as soon as it has its answer. `rate`: so many a second, however long answers take. */
	readonly pace: { readonly kind: "closed"; readonly connections: number } | { readonly kind: "rate"; readonly perSecond: number };
	/** Ends after this time, or after so many answers; what runs then is still read to its end. */
	readonly until: { readonly ms: number } | { readonly answers: number };
	readonly token: string;
}

export interface LoadResult {
	readonly answers: number;
	readonly elapsedMs: number;
	readonly chunks: number;
	readonly latencyMs: Percentiles;
	readonly firstChunkMs: Percentiles;
	/** What went wrong, with how often. Figures of a run with errors are worth nothing. */
	readonly errors: Readonly<Record<string, number>>;
}

interface Connection {
	ask(startedAt: number): void;
	/** Closed by the server: of no use any longer. */
	isClosed(): boolean;
	close(): void;
}

function run(plan: LoadPlan): Promise<LoadResult> {
	const { workload, until } = plan;
	const request = Buffer.from(
		`POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${plan.port}\r\ncontent-type: application/json\r\n` +
			`authorization: Bearer ${plan.token}\r\ncontent-length: ${Buffer.byteLength(workload.body)}\r\n\r\n${workload.body}`,
	);
	const latencies: number[] = [];
	const firstChunks: number[] = [];
	const errors: Record<string, number> = {};
	const open = new Set<Connection>();
	const idle: Connection[] = [];
	const startedAt = performance.now();
	let answers = 0;
	let chunks = 0;
	let asked = 0;
	let running = 0;
	let finish: (() => void) | undefined;
	const count = (error: string): void => {
		errors[error] = (errors[error] ?? 0) + 1;
	};
	const over = (): boolean => ("ms" in until ? performance.now() - startedAt >= until.ms : asked >= until.answers);

	const openConnection = (onIdle: (connection: Connection) => void): Connection => {
		let askedAt = 0;
		let isBusy = false;
		let isClosed = false;
		let first = true;
		let socket: Socket;
		const reader = createAnswerReader({
			onFirstMark: () => firstChunks.push(performance.now() - askedAt),
			onMarks: (marks) => {
				chunks += marks;
			},
			onAnswer: (answer) => {
				latencies.push(performance.now() - askedAt);
				const problem = problemOf(answer, workload);
				if (problem === undefined) answers += 1;
				else count(problem);
				running -= 1;
				isBusy = false;
				onIdle(connection);
				if (running === 0 && over()) finish?.();
			},
		});
		const connection: Connection = {
			ask(at) {
				askedAt = at;
				asked += 1;
				running += 1;
				isBusy = true;
				if (first) reader.keepBody();
				first = false;
				socket.write(request);
			},
			isClosed: () => isClosed,
			close: () => socket.destroy(),
		};
		socket = connect({ port: plan.port, host: "127.0.0.1", noDelay: true });
		socket.on("data", (bytes) => reader.push(bytes));
		socket.on("error", (error) => count(error.message));
		socket.on("close", () => {
			isClosed = true;
			open.delete(connection);
			if (!isBusy || finish === undefined) return;
			count("the connection was closed before the answer's end");
			running -= 1;
			if (running === 0 && over()) finish();
		});
		open.add(connection);
		return connection;
	};

	return new Promise((resolve) => {
		finish = () => {
			finish = undefined;
			clearInterval(timer);
			clearTimeout(limit);
			for (const connection of open) connection.close();
			const elapsedMs = performance.now() - startedAt;
			resolve({ answers, elapsedMs, chunks, latencyMs: percentiles(latencies), firstChunkMs: percentiles(firstChunks), errors });
		};
		const limit = setTimeout(() => {
			count("no end within a minute of the round's own");
			finish?.();
		}, 60_000 + ("ms" in until ? until.ms : 60_000));
		let timer: NodeJS.Timeout | undefined;
		if (plan.pace.kind === "closed") {
			const askAgain = (connection: Connection): void => {
				if (!over()) connection.ask(performance.now());
			};
			for (let index = 0; index < plan.pace.connections; index += 1) openConnection(askAgain).ask(performance.now());
			return;
		}
		const { perSecond } = plan.pace;
		timer = setInterval(() => {
			const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
			while (asked < due && !over()) {
				let connection = idle.pop();
				// An idle connection may have been closed meanwhile.
				while (connection?.isClosed() === true) connection = idle.pop();
				(connection ?? openConnection((free) => idle.push(free))).ask(performance.now());
			}
			if (running === 0 && over()) finish?.();
		}, 1);
	});
}

function problemOf(answer: ReadAnswer, workload: Workload): string | undefined {
	if (answer.status !== 200) return `status ${answer.status}${answer.body === undefined ? "" : `: ${answer.body}`}`;
	if (answer.marks !== workload.marks) return `${answer.marks} pieces instead of ${workload.marks}`;
	const end = workload.kind === "stream" ? "data: [DONE]\n\n" : "}";
	if (!answer.tail.endsWith(end)) return `an answer that ends in ${JSON.stringify(answer.tail)}`;
	// The first answer of each connection is read whole and compared word for word.
	if (answer.body !== undefined && textOf(answer.body, workload.kind) !== workload.text) return "another text than the provider's";
	return undefined;
}

function textOf(body: string, kind: Workload["kind"]): string {
	if (kind === "whole") return (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "";
	return body
		.split("\n\n")
		.filter((event) => event.startsWith("data: {"))
		.map((event) => (JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? "")
		.join("");
}

serveCommands({ run });
