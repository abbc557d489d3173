import { type Client, createClient } from "@postern/client";
import { type AccountsClient, createAccountsClient } from "@postern/client/accounts";
import { createInsightsClient, type InsightsClient } from "@postern/client/insights";
import { type OperationId, type OperationInput, operations } from "@postern/core/contract";
import { expect, expectTypeOf, test } from "vitest";
import { collect, eventStream, fakeFetch, jsonAnswer } from "./fake-fetch.ts";

/** Pages for people and their files, the same document in another form, and where only browsers go. */
type Unneeded = "getUnknownAnalytics" | "getMetrics" | "getDocs" | "getDocsAsset" | "getOpenApiYaml" | `${"begin" | "finish"}${"Google" | "GitHub" | "Oidc"}SignIn`;
type Needed = Exclude<OperationId, Unneeded>;

/** All clients as one. */
interface Clients extends Client {
	readonly accounts: AccountsClient;
	readonly insights: InsightsClient;
}

type Invoke<Id extends OperationId> = (client: Clients, input: OperationInput<Id>) => Promise<unknown> | AsyncIterable<unknown>;

/** An operation of the contract that has no method here does not compile. */
const methods: { readonly [Id in Needed]: Invoke<Id> } = {
	getHealth: (client) => client.health(),
	getOpenApiJson: (client) => client.openApi(),
	prompt: (client, input) => client.prompt(input),
	stream: (client, input) => client.stream(input),
	generateText: (client, input) => client.generateText(input),
	generateObject: (client, input) => client.generateObject(input),
	streamText: (client, input) => client.streamText(input),
	streamObject: (client, input) => client.streamObject(input),
	createChatCompletion: (client, input) => client.openai.createChatCompletion(input),
	createResponse: (client, input) => client.openai.createResponse(input),
	getResponse: (client) => client.openai.getResponse("resp_1"),
	deleteResponse: (client) => client.openai.deleteResponse("resp_1"),
	createEmbedding: (client, input) => client.openai.createEmbedding(input),
	listModels: (client) => client.openai.listModels(),
	getModel: (client) => client.openai.getModel("sim/echo"),
	createMessage: (client, input) => client.anthropic.createMessage(input),
	countMessageTokens: (client, input) => client.anthropic.countMessageTokens(input),
	listAnthropicModels: (client) => client.anthropic.listModels(),
	getAnthropicModel: (client) => client.anthropic.getModel("sim/echo"),
	generateContent: (client, input) => client.gemini.generateContent("sim/echo", input),
	streamGenerateContent: (client, input) => client.gemini.streamGenerateContent("sim/echo", input),
	countGeminiTokens: (client, input) => client.gemini.countTokens("sim/echo", input),
	embedContent: (client, input) => client.gemini.embedContent("sim/echo", input),
	batchEmbedContents: (client, input) => client.gemini.batchEmbedContents("sim/echo", input),
	listGeminiModels: (client) => client.gemini.listModels(),
	getGeminiModel: (client) => client.gemini.getModel("sim/echo"),
	streamChat: (client, input) => client.ui.streamChat(input),
	listOrganisations: ({ accounts }) => accounts.listOrganisations(),
	createOrganisation: ({ accounts }, input) => accounts.createOrganisation(input),
	getOrganisation: ({ accounts }) => accounts.getOrganisation("org_1"),
	updateOrganisation: ({ accounts }, input) => accounts.updateOrganisation("org_1", input),
	setOrganisationLimits: ({ accounts }, input) => accounts.setOrganisationLimits("org_1", input),
	listMembers: ({ accounts }) => accounts.listMembers("org_1"),
	changeMember: ({ accounts }, input) => accounts.changeMember("org_1", "usr_1", input),
	removeMember: ({ accounts }) => accounts.removeMember("org_1", "usr_1"),
	createInvitation: ({ accounts }, input) => accounts.createInvitation("org_1", input),
	listInvitations: ({ accounts }) => accounts.listInvitations("org_1"),
	deleteInvitation: ({ accounts }) => accounts.deleteInvitation("org_1", "inv_1"),
	acceptInvitation: ({ accounts }, input) => accounts.acceptInvitation(input),
	listProjects: ({ accounts }) => accounts.listProjects(),
	createProject: ({ accounts }, input) => accounts.createProject(input),
	getProject: ({ accounts }) => accounts.getProject("prj_1"),
	updateProject: ({ accounts }, input) => accounts.updateProject("prj_1", input),
	deleteProject: ({ accounts }) => accounts.deleteProject("prj_1"),
	setProjectLimits: ({ accounts }, input) => accounts.setProjectLimits("prj_1", input),
	listKeys: ({ accounts }) => accounts.listKeys("prj_1"),
	createKey: ({ accounts }, input) => accounts.createKey("prj_1", input),
	revokeKey: ({ accounts }) => accounts.revokeKey("prj_1", "key_1"),
	revokeNamedKey: ({ accounts }) => accounts.revokeOnlyKey("prj_1"),
	rotateKey: ({ accounts }, input) => accounts.rotateKey("prj_1", input),
	getLimits: ({ accounts }) => accounts.getLimits(),
	getOrganisationLimits: ({ accounts }) => accounts.getOrganisationLimits("org_1"),
	getProjectLimits: ({ accounts }) => accounts.getProjectLimits("prj_1"),
	getKeyLimits: ({ accounts }) => accounts.getKeyLimits("prj_1", "key_1"),
	setKeyLimits: ({ accounts }, input) => accounts.setKeyLimits("prj_1", "key_1", input),
	listProjectCredentials: ({ accounts }) => accounts.listProjectCredentials("prj_1"),
	putProjectCredential: ({ accounts }, input) => accounts.putProjectCredential("prj_1", "openai", input),
	deleteProjectCredential: ({ accounts }) => accounts.deleteProjectCredential("prj_1", "openai"),
	listCredentials: ({ accounts }) => accounts.listCredentials(),
	putCredential: ({ accounts }, input) => accounts.putCredential("openai", input),
	deleteCredential: ({ accounts }) => accounts.deleteCredential("openai"),
	listAuditEvents: ({ accounts }) => accounts.listAuditEvents("org_1"),
	listGatewayAuditEvents: ({ accounts }) => accounts.listGatewayAuditEvents(),
	listSignInProviders: ({ accounts }) => accounts.listSignInProviders(),
	listIdentities: ({ accounts }) => accounts.listIdentities(),
	removeIdentity: ({ accounts }) => accounts.removeIdentity("idn_1"),
	register: ({ accounts }, input) => accounts.register(input),
	login: ({ accounts }, input) => accounts.login(input),
	getProfile: ({ accounts }) => accounts.getProfile(),
	logout: ({ accounts }) => accounts.logout(),
	logoutEverywhere: ({ accounts }) => accounts.logoutEverywhere(),
	changePassword: ({ accounts }, input) => accounts.changePassword(input),
	getAnalyticsOverview: ({ insights }) => insights.getOverview(),
	getAnalyticsProviders: ({ insights }) => insights.getProviders(),
	getAnalyticsCache: ({ insights }) => insights.getCache(),
	getAnalyticsRoutes: ({ insights }) => insights.getRoutes(),
	exportUsage: ({ insights }) => insights.exportUsage(),
	getRequest: ({ insights }) => insights.getRequest("resp_1"),
	getWeights: ({ insights }) => insights.getWeights(),
	putWeights: ({ insights }, input) => insights.putWeights(input),
	postFeedback: ({ insights }, input) => insights.postFeedback(input),
};

/** By parameter. */
const idOf: Readonly<Record<string, string>> = { id: "resp_1", orgId: "org_1", projectId: "prj_1", keyId: "key_1", userId: "usr_1", invitationId: "inv_1", identityId: "idn_1", provider: "openai" };

/** Operations whose `stream` field chooses the output have a second method. */
const streaming: { readonly [Id in "createChatCompletion" | "createResponse" | "createMessage"]: Invoke<Id> } = {
	createChatCompletion: (client, input) => client.openai.streamChatCompletion(input),
	createResponse: (client, input) => client.openai.streamResponse(input),
	createMessage: (client, input) => client.anthropic.streamMessage(input),
};

const cases = [...Object.entries(methods), ...Object.entries(streaming)] as readonly (readonly [Needed, Invoke<OperationId>])[];

test.each(cases)("%s is called by its method and path", async (id, invoke) => {
	const operation = operations[id];
	const isEvents = [operation.output].flat().some(({ kind }) => kind === "events");
	const gateway = fakeFetch((request) =>
		isEvents && invoke !== (methods as Record<string, unknown>)[id] || ["stream", "streamText", "streamObject", "streamGenerateContent", "streamChat"].includes(id)
			? eventStream(endOf(request.url))
			: jsonAnswer({}),
	);
	const input = "example" in operation ? operation.example : undefined;
	const options = { fetch: gateway.fetch, baseUrl: "https://ai.example/base/" };
	const result = invoke({ ...createClient(options), accounts: createAccountsClient(options), insights: createInsightsClient(options) }, input as never);
	await (Symbol.asyncIterator in result ? collect(result) : result);

	expect(gateway.sent).toHaveLength(1);
	const [sent] = gateway.sent;
	expect(sent?.method).toBe(operation.method);
	const suffix = "whenSuffix" in operation ? operation.whenSuffix : "";
	const query = id === "streamGenerateContent" ? "?alt=sse" : "";
	const path = operation.path.replace("**:model", "sim%2Fecho").replaceAll(/:(\w+)/g, (_, name: string) => idOf[name] ?? name);
	expect(sent?.url).toBe(`https://ai.example/base${path}${suffix}${query}`);
	expect(sent?.body).toEqual(input === undefined ? undefined : expect.objectContaining(input));
	expect(sent?.headers.get("content-type")).toBe(input === undefined ? null : "application/json");
	if ("whenHeader" in operation) expect(sent?.headers.get(operation.whenHeader)).toBeTruthy();
	else if (operation.surface !== "anthropic") expect(sent?.headers.get("anthropic-version")).toBeNull();
});

test("what a method gives has the contract's types", () => {
	const client = createClient({ fetch: async () => jsonAnswer({}) });
	expectTypeOf(client.prompt).returns.resolves.toHaveProperty("text").toBeString();
	expectTypeOf(client.stream).returns.toExtend<AsyncIterable<string>>();
	expectTypeOf(client.streamText).returns.toHaveProperty("usage").resolves.toHaveProperty("totalTokens").toBeNumber();
	expectTypeOf(client.openai.createChatCompletion).returns.resolves.toHaveProperty("id").toBeString();
	expectTypeOf(client.generateObject<{ age: number }>).returns.resolves.toHaveProperty("object").toEqualTypeOf<{ age: number }>();
	expectTypeOf(client.streamObject<{ tags: string[] }>).returns.toExtend<AsyncIterable<{ readonly tags?: readonly string[] }>>();
	// @ts-expect-error a prompt is needed
	void client.prompt({}).catch(() => undefined);
	// @ts-expect-error unknown fields are a mistake
	void client.generateText({ prompt: "x", maxToken: 1 }).catch(() => undefined);
});

function endOf(url: string): string {
	if (url.endsWith("/v1/messages")) return 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
	if (url.endsWith("/v1/responses")) return 'event: response.completed\ndata: {"type":"response.completed"}\n\n';
	if (url.includes("/v1beta/")) return 'data: {"candidates":[{"finishReason":"STOP"}]}\n\n';
	return url.includes("/v1/") ? "data: [DONE]\n\n" : 'event: done\ndata: {"code":0,"signal":null}\n\n';
}
