import { expect, test } from "vitest";
import { identifyLocalCaller } from "../../src/standalone/local-callers.ts";

const identify = (host: string | undefined) => identifyLocalCaller({ header: (name) => (name === "host" ? host : undefined), original: undefined });

test.each(["localhost", "localhost:8420", "127.0.0.1:8420", "127.0.1.1", "[::1]:8420", "[::1]"])("%s is this machine", (host) => {
	expect(identify(host)).toMatchObject({ kind: "anonymous" });
});
test.each(["evil.example", "evil.example:8420", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:8420", "", undefined])(
	"%s is a name that somebody made point here",
	(host) => {
		expect(identify(host)).toBeUndefined();
	},
);
