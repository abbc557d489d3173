import type { Provider } from "../providers/provider.ts";
import type { ModelFacts } from "./facts.ts";
import { findModelFacts, type ModelTable } from "./table.ts";
import { vendorOf } from "./vendor.ts";

/** What is known of a model at a configured provider. */
export function findTargetFacts(
	table: ModelTable,
	{ providerName, provider, model }: { readonly providerName: string; readonly provider: Pick<Provider, "dialect" | "baseUrl">; readonly model: string },
): ModelFacts | undefined {
	return findModelFacts(table, { providerName, vendor: vendorOf(providerName, provider) }, model);
}
