// The line between browser and server: a proxy that fails in the ways that real ones and networks do. The
// browser reaches the console only through it.
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

type Fault =
  | { kind: "none" }
  /** Every connection is broken, and none is let through. */
  | { kind: "cut" }
  /** Streams are answered with a status, and those that are open are cut. */
  | { kind: "refuse-streams"; status: number }
  /** Streams stay open and say nothing any more: a proxy that buffers, a cable that was pulled. */
  | { kind: "silence-streams" };

export class Line {
  private fault: Fault = { kind: "none" };
  private readonly sockets = new Set<Socket>();
  private readonly streams = new Map<ServerResponse, IncomingMessage>();
  private readonly asked: string[] = [];
  private readonly listener: Server;
  // Connections that were kept would outlive a restart of the server.
  private readonly agent = new Agent({ keepAlive: false });
  private readonly target: () => string;

  private constructor(target: () => string) {
    this.target = target;
    this.listener = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
    this.listener.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      if (this.fault.kind === "cut") socket.destroy();
    });
  }

  /** `target` is asked for each request, because a server may move. */
  static async before(target: () => string): Promise<Line> {
    const line = new Line(target);
    await new Promise<void>((resolve) => line.listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get url(): string {
    const { port } = this.listener.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The same address of the server, by way of this. */
  through(address: string): string {
    const { pathname, search, hash } = new URL(address);
    return this.url + pathname + search + hash;
  }

  heal(): void {
    this.fault = { kind: "none" };
    // What was silenced stays dead, as it would: nobody brings back what was lost.
  }

  cut(): void {
    this.fault = { kind: "cut" };
    for (const socket of this.sockets) socket.destroy();
  }

  refuseStreams(status: number): void {
    this.fault = { kind: "refuse-streams", status };
    this.endStreams();
  }

  silenceStreams(): void {
    this.fault = { kind: "silence-streams" };
    for (const [outgoing, answer] of this.streams) answer.unpipe(outgoing);
  }

  /** Breaks the streams that are open, and lets others through. */
  endStreams(): void {
    for (const outgoing of this.streams.keys()) outgoing.destroy();
  }

  /** As a server ends them, with its reason. */
  sayBye(reason: string): void {
    for (const [outgoing, answer] of this.streams) {
      answer.unpipe(outgoing);
      outgoing.end(`event: bye\ndata: {"reason":"${reason}"}\n\n`);
    }
  }

  get openStreams(): number {
    return this.streams.size;
  }

  /** How often a path that holds this text has been asked for. */
  count(text: string): number {
    return this.asked.filter((path) => path.includes(text)).length;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.agent.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = incoming.url ?? "/";
    this.asked.push(path);
    const isStream = path.includes("/stream");
    if (isStream && this.fault.kind === "refuse-streams") {
      outgoing.writeHead(this.fault.status).end();
      return;
    }
    const { hostname, port } = new URL(this.target());
    const { method, headers } = incoming;
    const options = { hostname, port, method, headers, path, agent: this.agent };
    const onward = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.on("error", () => outgoing.destroy());
      answer.on("aborted", () => outgoing.destroy());
      if (isStream) {
        this.streams.set(outgoing, answer);
        outgoing.on("close", () => this.streams.delete(outgoing));
        if (this.fault.kind === "silence-streams") return;
      }
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }
}
