import { Socket } from "node:net";
import { Agent, buildConnector, Client, type Dispatcher, Pool } from "undici";
import { isExchange, type Exchange } from "./undici-exchange.ts";

/**
 * An agent that tells an {@link Exchange} which socket connects on its behalf, so that its abort and its clock can close it:
 * undici by itself gives a request no handle before the connection stands.
 */
export function createAgent(keepAliveMs: number): Agent {
	const connect = buildConnector({ timeout: 0, allowH2: false });
	return new Agent({
		allowH2: false,
		keepAliveTimeout: keepAliveMs,
		factory: (origin, options) => new Pool(origin, { ...options, factory: (address, clientOptions) => createClient(address, clientOptions, connect) }),
	});
}

/** One connection. It has at most one request at a time, as nothing is pipelined. */
function createClient(origin: string | URL, options: object, connect: buildConnector.connector): Dispatcher {
	let waiting: Exchange | undefined;
	const client = new Client(origin, {
		...options,
		connect(target, callback) {
			const socket: unknown = connect(target, callback);
			if (socket instanceof Socket) waiting?.onConnecting(socket);
		},
	});
	const dispatch = client.dispatch.bind(client);
	client.dispatch = (dispatchOptions, handler) => {
		waiting = isExchange(handler) ? handler : undefined;
		const isReady = dispatch(dispatchOptions, handler);
		// Where a kept connection took it nothing waits, and nothing may be held on to.
		if (waiting?.hasStarted() === true) waiting = undefined;
		return isReady;
	};
	return client;
}
