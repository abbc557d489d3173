import type { JsonObject } from "../../contract/json.ts";
import type { Quirks } from "../dialects/dialect.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { cleanKey, credentialProblem } from "./credential.ts";
import { secretsOf } from "./headers.ts";
import type { Provider } from "./provider.ts";
import { type AwsCredentials, signV4 } from "./signature-v4.ts";

export interface BedrockOptions {
	/** Such as `eu-central-1`. */
	readonly region: string;
	/** A Bedrock API key, sent as a bearer token. Either this or `credentials`. */
	readonly apiKey?: string | undefined;
	/** Keys that sign every request (Signature Version 4); as a function they are asked for before each, for roles whose keys change. */
	readonly credentials?: AwsCredentials | (() => AwsCredentials | Promise<AwsCredentials>);
	/** Default `https://bedrock-runtime.<region>.amazonaws.com`. */
	readonly baseUrl?: string;
	/** Ids or ARNs of models and inference profiles, to list; the first becomes the default. Any other passes through by `bedrock/...`. */
	readonly models?: readonly string[];
	/** Fields that every request carries: `guardrailConfig`, `performanceConfig`, `additionalModelRequestFields`, ... */
	readonly requestFields?: JsonObject;
	/** `structuredOutput: "json-schema"` where the models know it. Default: the schema is put into the prompt. */
	readonly quirks?: Quirks;
}

const credential = { needsKey: true, keyVariable: "AWS_BEARER_TOKEN_BEDROCK" } as const;

/**
 * Amazon Bedrock by its Converse API. Without a key it is there and answers 503 with the remedy.
 * @throws {ConfigurationError} for a bad region, address or pair of keys.
 */
export function bedrock(options: BedrockOptions): Provider {
	const { region, models = [] } = options;
	const { credentials, ...withoutKeys } = options;
	if (!/^[a-z0-9-]+$/.test(region)) throw new ConfigurationError("region must be the name of an AWS region, such as eu-central-1");
	if (typeof credentials === "object") checkCredentials(credentials);
	const key = cleanKey(options.apiKey);
	const unavailable = credentials === undefined ? credentialProblem("bedrock", credential, key) : undefined;
	const isSigned = credentials !== undefined && key === undefined;
	const headers = {
		"content-type": "application/json",
		...(key === undefined || unavailable !== undefined ? {} : { authorization: `Bearer ${key}` }),
	};
	const [defaultModel] = models;
	return {
		dialect: "bedrock-converse",
		baseUrl: normalizeBaseUrl(options.baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`, "baseUrl", "when-bare", ""),
		headers,
		quirks: {
			structuredOutput: "none",
			...(options.requestFields === undefined ? {} : { requestFields: options.requestFields }),
			...options.quirks,
		},
		secrets: [...secretsOf(headers), ...(typeof credentials === "object" ? secretsOfCredentials(credentials) : [])],
		models,
		modelPrefixes: [],
		...(defaultModel === undefined ? {} : { defaultModel }),
		...(unavailable === undefined ? {} : { unavailable }),
		withApiKey: (apiKey) => bedrock({ ...withoutKeys, apiKey }),
		...(isSigned ? { prepare: signer(credentials, region) } : {}),
	};
}

function signer(credentials: NonNullable<BedrockOptions["credentials"]>, region: string): NonNullable<Provider["prepare"]> {
	return (request, now) => {
		const sign = (current: AwsCredentials) => ({ ...request, headers: signV4(request, current, { region, service: "bedrock" }, now) });
		const current = typeof credentials === "function" ? credentials() : credentials;
		return current instanceof Promise ? current.then(sign) : sign(current);
	};
}

function checkCredentials({ accessKeyId, secretAccessKey }: AwsCredentials): void {
	if (!/^[\x21-\x7e]+$/.test(accessKeyId)) throw new ConfigurationError("credentials.accessKeyId is empty or has characters that no header can carry");
	if (secretAccessKey === "") throw new ConfigurationError("credentials.secretAccessKey is empty");
}

function secretsOfCredentials({ secretAccessKey, sessionToken }: AwsCredentials): readonly string[] {
	return [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
