import { escapeHtml } from "../html.ts";
import type { Reply } from "../reply.ts";

export interface DocsPageOptions {
	/** Where the page finds the document, Scalar's script and {@link docsInitScript}: paths as a browser sees them (`/ai/openapi.json`). */
	readonly openApiUrl: string;
	readonly scriptUrl: string;
	readonly initUrl: string;
}

/** Scripts and requests stay within the origin and no script stands in the page; only Scalar's styles are written into it. */
const contentSecurityPolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' data: blob:",
	"font-src 'self' data:",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join("; ");

/** The interactive documentation: Scalar from the gateway itself, without a request to anywhere else. */
export function docsPage({ openApiUrl, scriptUrl, initUrl }: DocsPageOptions): Reply {
	const configuration = {
		url: openApiUrl,
		defaultOpenAllTags: true,
		authentication: { preferredSecurityScheme: "bearer" },
		withDefaultFonts: false,
		telemetry: false,
		agent: { disabled: true },
		mcp: { disabled: true },
		hideClientButton: true,
		showDeveloperTools: "never",
	};
	return {
		status: 200,
		headers: {
			"content-type": "text/html; charset=utf-8",
			"content-security-policy": contentSecurityPolicy,
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
		},
		body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postern</title>
<link rel="icon" href="data:,">
</head>
<body>
<div id="reference" data-configuration="${escapeHtml(JSON.stringify(configuration))}"></div>
<noscript>The documentation needs JavaScript. The document behind it: <a href="${escapeHtml(openApiUrl)}">OpenAPI</a>.</noscript>
<script src="${escapeHtml(scriptUrl)}"></script>
<script src="${escapeHtml(initUrl)}"></script>
</body>
</html>
`,
	};
}

/** A file of its own, so that the page's policy can forbid scripts written into the page. */
export const docsInitScript = `const reference = document.querySelector("#reference");
Scalar.createApiReference(reference, JSON.parse(reference.dataset.configuration));
`;
