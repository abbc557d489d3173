import type { GatewayError } from "../../contract/errors.ts";
import { escapeHtml } from "../../http/html.ts";
import type { Reply } from "../../http/reply.ts";

export interface SignInPageOptions {
	readonly error: GatewayError;
	readonly requestId: string;
	/** Whole addresses: where to begin anew, and where the person came from. */
	readonly againUrl: string;
	readonly backUrl: string;
}

/** Nothing is loaded, nothing runs, nothing is framed. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.25rem; }
small { opacity: 0.7; }
`;

/** What a person reads who comes back from an identity provider and is not signed in. */
export function signInPage({ error, requestId, againUrl, backUrl }: SignInPageOptions): Reply {
	return {
		status: error.status,
		headers: {
			"content-type": "text/html; charset=utf-8",
			"content-security-policy": contentSecurityPolicy,
			"x-content-type-options": "nosniff",
		},
		body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>You are not signed in</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<h1>You are not signed in</h1>
<p role="alert">${escapeHtml(error.message)}.</p>
<p><a href="${escapeHtml(againUrl)}">Try again</a> or <a href="${escapeHtml(backUrl)}">go back</a></p>
<p><small>${escapeHtml(error.code)}, ${escapeHtml(requestId)}</small></p>
</body>
</html>
`,
	};
}
