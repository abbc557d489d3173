import { createGateway, type GatewayOptions } from "@postern/core";
import type { OperationInput } from "@postern/core/contract";

const input: OperationInput<"prompt"> = { prompt: "Explain recursion" };

export function ask(options: GatewayOptions): Promise<Response> {
	return createGateway(options).fetch(new Request("http://gateway/v1/prompt", { method: "POST", body: JSON.stringify(input) }));
}
