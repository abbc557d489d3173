import { describe, expect, it } from "vitest";
import { fetchHandler } from "../../src/http/fetch-bridge.ts";
import { adapterConformance } from "../../src/testing/adapter/conformance.ts";

for (const mountPath of ["", "/ai"]) {
	adapterConformance(
		`fetch at ${mountPath || "the root"}`,
		{
			mountPath,
			hasSocket: false,
			mount: async (gateway) => ({
				url: `https://gateway.example.com${mountPath}`,
				fetch: fetchHandler(gateway.handle, { mountPath }),
				close: async () => {},
			}),
		},
		{ describe, it, expect },
	);
}
