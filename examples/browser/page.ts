import { createClient, PosternError } from "@postern/client";

// The gateway is mounted in the page's own origin: no token is needed here, the app's login goes along as a cookie.
const client = createClient({ baseUrl: "/ai" });

const form = element("form", HTMLFormElement);
const model = element("model", HTMLSelectElement);
const prompt = element("prompt", HTMLTextAreaElement);
const send = element("send", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const state = element("state", HTMLElement);
const answer = element("answer", HTMLElement);
const error = element("error", HTMLElement);

let running: AbortController | undefined;

form.addEventListener("submit", (submission) => {
	submission.preventDefault();
	void ask();
});
stop.addEventListener("click", () => running?.abort());
void offerModels();

async function ask(): Promise<void> {
	running = new AbortController();
	show("streaming");
	answer.textContent = "";
	error.textContent = "";
	try {
		const request = { prompt: prompt.value, model: model.value };
		for await (const delta of client.stream(request, { signal: running.signal })) answer.append(delta);
		show("done");
	} catch (problem) {
		if (problem instanceof PosternError && problem.code === "ABORTED") return show("stopped");
		show("failed");
		error.textContent = explain(problem);
	}
}

async function offerModels(): Promise<void> {
	try {
		const { data } = await client.openai.listModels();
		model.replaceChildren(...data.map(({ id }) => new Option(id)));
	} catch (problem) {
		error.textContent = explain(problem);
	}
}

function explain(problem: unknown): string {
	if (!(problem instanceof PosternError)) return String(problem);
	const wait = problem.retryAfterMs === undefined ? "" : ` Try again in ${Math.ceil(problem.retryAfterMs / 1000)} s.`;
	return `${problem.message} (${problem.code}${problem.requestId === undefined ? "" : `, ${problem.requestId}`})${wait}`;
}

function show(now: "streaming" | "done" | "stopped" | "failed"): void {
	state.textContent = now;
	send.disabled = now === "streaming";
	stop.disabled = now !== "streaming";
}

function element<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
	const found = document.getElementById(id);
	if (!(found instanceof kind)) throw new Error(`The page has no #${id}`);
	return found;
}
