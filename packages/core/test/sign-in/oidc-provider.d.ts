/** The part of `oidc-provider` that the tests use: the package has no types of its own. */
declare module "oidc-provider" {
	import type { RequestListener } from "node:http";

	export interface Account {
		readonly accountId: string;
		claims(): Readonly<Record<string, unknown>>;
	}

	export default class Provider {
		constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
		/** Behind a proxy that ends TLS. */
		proxy: boolean;
		callback(): RequestListener;
	}
}
