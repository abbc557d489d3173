import { expect, test } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { ask, testGateway } from "./support.ts";

const surfaces = ["meta", "prompt", "text"] as const;

/** Each line is a comment or a sample; a histogram's buckets ascend to its count. */
function parse(text: string): ReadonlyMap<string, number> {
	const samples = new Map<string, number>();
	for (const line of text.split("\n").slice(0, -1)) {
		if (/^# (HELP|TYPE) postern_[a-z_]+ .+$/.test(line)) continue;
		const [, name = "", value] = /^(postern_[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})?) (\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line) ?? [];
		if (value === undefined || samples.has(name)) throw new Error(`No sample, or one that is there twice: ${line}`);
		samples.set(name, Number(value));
	}
	return samples;
}

test("counts requests, exchanges, attempts, tokens and cost", async () => {
	const gateway = testGateway({ surfaces, models: { sim: { echo: { prices: { input: 1, output: 2 } } } } });
	const answer = await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: "sim/echo" } });
	await ask(gateway, "/stream", { body: { prompt: "Hi", model: "sim/echo" } });
	const failed = await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: 'sim/error-500"\\\n' } });
	expect(failed.status).toBe(404);
	await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: "sim/error-500" } });
	await ask(gateway, "/nowhere");
	const metrics = await ask(gateway, "/metrics");
	expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
	const samples = parse(metrics.text);
	expect(Object.fromEntries(samples)).toMatchObject({
		'postern_requests_total{operation="prompt",status="200"}': 1,
		'postern_requests_total{operation="prompt",status="502"}': 1,
		'postern_requests_total{operation="none",status="404"}': 1,
		'postern_exchanges_total{provider="sim",model="echo",outcome="ok",streamed="false"}': 1,
		'postern_exchanges_total{provider="sim",model="echo",outcome="ok",streamed="true"}': 1,
		'postern_exchanges_total{provider="sim",model="error-500",outcome="failed",streamed="false"}': 1,
		'postern_attempts_total{target="sim/echo",result="ok"}': 2,
		'postern_attempts_total{target="sim/error-500",result="upstream"}': 3,
		'postern_request_duration_seconds_count{operation="prompt"}': 3,
		'postern_first_event_seconds_count{provider="sim",model="echo"}': 1,
		'postern_slots_limit{surface="text",class="streaming"}': 3,
		'postern_slots_active{surface="text",class="streaming"}': 0,
		'postern_tokens_total{provider="sim",model="echo",kind="input"}': 2 * Number(answer.json.tokensIn),
	});
	expect(samples.get('postern_cost_usd_total{provider="sim",model="echo"}')).toBeCloseTo(2 * Number(answer.json.costUsd), 9);
	const buckets = [...samples].filter(([name]) => name.startsWith('postern_request_duration_seconds_bucket{operation="prompt"')).map(([, value]) => value);
	expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
	expect(buckets.at(-1)).toBe(3);
});

test("does not grow with the names that callers think of", async () => {
	const gateway = testGateway({ surfaces, store: memoryStore() });
	for (let at = 0; at < 260; at += 1) await ask(gateway, "/v1/prompt", { body: { prompt: "Hi", model: `sim/length-${at}` } });
	const { text } = await ask(gateway, "/metrics");
	const names = [...parse(text).keys()].filter((name) => name.startsWith("postern_attempts_total"));
	expect(names).toHaveLength(201);
	expect(names).toContain('postern_attempts_total{target="other",result="ok"}');
});

test("is the operator's alone", async () => {
	const gateway = testGateway({ surfaces, token: "operator-token", identify: (request) => (request.header("x-user") === undefined ? undefined : { kind: "host", id: "someone" }) });
	expect((await ask(gateway, "/metrics", { headers: { authorization: undefined, "x-user": "1" } })).status).toBe(403);
	expect((await ask(gateway, "/metrics", { headers: { authorization: undefined } })).status).toBe(401);
	expect((await ask(gateway, "/metrics")).status).toBe(200);
});
