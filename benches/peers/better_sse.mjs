// One channel; GET /stream joins it, POST /publish says something to all of it.
import { createServer } from "node:http";
import { createChannel, createSession } from "better-sse";

const channel = createChannel();
// Messages are passed on as they came: they are JSON already.
const session = { serializer: (data) => data, keepAlive: null, trustClientEventId: false };

const server = createServer(async (request, response) => {
	if (request.method === "GET") {
		channel.register(await createSession(request, response, session));
		return;
	}
	let body = "";
	for await (const part of request) body += part;
	channel.broadcast(body, "callback");
	response.end("ok");
});
server.keepAliveTimeout = 0;
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
