/**
 * Who asks, as far as addresses tell: the one that the last proxy we trust saw.
 * @param remote the other end of the connection.
 * @param forwardedFor `x-forwarded-for`: each proxy adds, at the end, whom it was asked by.
 * @param trustedProxies how many proxies stand in front of us. What stands further left is the caller's own invention.
 */
export function callerAddress(remote: string | undefined, forwardedFor: string | undefined, trustedProxies: number): string | undefined {
	if (trustedProxies === 0 || forwardedFor === undefined) return remote;
	const chain = [...forwardedFor.split(",").map((entry) => entry.trim()), remote ?? ""];
	const told = withoutPort(chain[Math.max(0, chain.length - 1 - trustedProxies)] ?? "");
	return networkOf(told) === undefined ? remote : told;
}

/** The value that the outermost trusted proxy added to a list such as `x-forwarded-proto`. */
export function forwardedValue(list: string | undefined, trustedProxies: number): string | undefined {
	if (trustedProxies === 0 || list === undefined) return undefined;
	const values = list.split(",").map((entry) => entry.trim());
	return values[Math.max(0, values.length - trustedProxies)];
}

/** Whom an address belongs to: an IPv4 address itself, the first 64 bits of an IPv6 one, which are one line. */
export function networkOf(address: string | undefined): string | undefined {
	if (address === undefined) return undefined;
	if (isIpv4(address)) return address;
	const [plain = ""] = address.split("%");
	if (!plain.includes(":") || !URL.canParse(`http://[${plain}]/`)) return undefined;
	const [head = "", tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split("::");
	const first = head === "" ? [] : head.split(":");
	const last = tail === undefined || tail === "" ? [] : tail.split(":");
	const groups = [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
	if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return ipv4Of(groups[6] ?? "0", groups[7] ?? "0");
	return `${groups.slice(0, 4).join(":")}::/64`;
}

function isIpv4(text: string): boolean {
	return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) < 256);
}

function ipv4Of(high: string, low: string): string {
	return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]).join(".");
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
	const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(entry);
	if (bracketed !== null) return bracketed[1] ?? "";
	return /^[\d.]+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(":")) : entry;
}
