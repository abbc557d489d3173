import { simulator } from "@postern/core";
import { createGateway } from "@postern/core/node";
import { postern } from "@postern/server-express";
import express, { type Request } from "express";

interface AppRequest extends Request {
	userId?: string;
}

export const gateway = createGateway({
	// A stand-in that needs no key. In its place: openai({ apiKey }), anthropic({ apiKey }), openaiCompatible({ baseUrl }).
	providers: { sim: simulator() },
	// The app's own login decides who may ask. `original` is the Express request.
	identify({ original }) {
		const { userId } = original as AppRequest;
		return userId === undefined ? undefined : { kind: "host", id: userId };
	},
});

export const app = express();

// Stands for the login that the app has already.
app.use((request: AppRequest, _response, next) => {
	if (request.headers.cookie?.includes("session=ada") === true) request.userId = "ada";
	next();
});
app.use(express.json());
app.get("/", (_request, response) => void response.send("The app's own page"));
app.use("/ai", postern(gateway));

// curl localhost:3000/ai/v1/prompt --cookie session=ada --json '{"prompt":"Hello"}'
if (import.meta.main) app.listen(3000);
