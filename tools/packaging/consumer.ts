import { createGateway, type GatewayOptions } from "@postern/core";
import type { OperationInput } from "@postern/core/contract";

const input: OperationInput<"prompt"> = { prompt: "Explain recursion" };
export const embed = (options: GatewayOptions) => createGateway(options).fetch(new Request("http://gateway/v1/prompt", { body: JSON.stringify(input) }));
