// Starts the real server with a data folder of its own, sends to it as the LLM service does, and stops it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const binary =
  process.env.CALLBACKD_BIN ??
  fileURLToPath(new URL("../../../target/debug/callbackd", import.meta.url));
const run = promisify(execFile);

// A first start makes a database, which takes seconds on a busy machine.
const startMs = 60_000;
const stopMs = 20_000;
const lookMs = 50;

export type Prepared = { folder: string; remove: () => Promise<void> };

type Ready = { url: string; signInUrl: string };

export class Server {
  private child: ChildProcess | null = null;
  private ready: Ready | null = null;
  private output = "";
  private payloads = 0;
  private readonly tails: ChildProcess[] = [];
  private readonly folder: string;

  private readonly settings: Record<string, string>;

  private constructor(folder: string, settings: Record<string, string>) {
    this.folder = folder;
    this.settings = { ...settings };
  }

  /** A data folder that was started once, stopped: making a database takes ten times as long as copying one. */
  static async prepare(): Promise<Prepared> {
    const server = new Server(await newFolder(), {});
    await server.begin();
    await server.halt();
    return { folder: server.folder, remove: () => server.stop() };
  }

  /** On a copy of what was prepared. */
  static async start({ folder }: Prepared, settings: Record<string, string>): Promise<Server> {
    const copy = await newFolder();
    // With the owner of each file, which is PostgreSQL's.
    await run("cp", ["-a", `${folder}/.`, copy]);
    const server = new Server(copy, settings);
    await server.begin();
    return server;
  }

  private async begin(): Promise<void> {
    try {
      await this.listen("127.0.0.1:0");
    } catch (error) {
      // One that is only slow would otherwise live on, with its database.
      await this.stop();
      throw error;
    }
  }

  get url(): string {
    return this.known().url;
  }

  get signInUrl(): string {
    return this.known().signInUrl;
  }

  /** How others connect to the database of this one, which comes and goes with it. */
  async databaseUrl(): Promise<string> {
    const text = await readFile(join(this.folder, "postgres/data/postmaster.pid"), "utf8");
    const [, , , port, socket] = text.split("\n");
    if (socket === undefined) throw new Error("the database is not running");
    return `postgresql://callbackd@${encodeURIComponent(socket)}:${port}/callbackd`;
  }

  /** The same address and data folder again, so that open pages find it. */
  async restart(whileAway: () => Promise<void> = async () => {}): Promise<void> {
    const { host } = new URL(this.url);
    await this.halt();
    await whileAway();
    await this.listen(host);
  }

  /** Holds from the next start on. */
  set(name: string, value: string): void {
    this.settings[name] = value;
  }

  async stop(): Promise<void> {
    for (const tail of this.tails) tail.kill("SIGKILL");
    await this.halt();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Plays the LLM service; signs with the secret of this data folder. */
  async send(...options: string[]): Promise<void> {
    const env = { ...process.env, ...this.settings };
    await run(binary, ["send", "--url", this.url, "--data-dir", this.folder, ...options], { env });
  }

  /** A callback that is signed with a wrong secret: refused, and recorded. */
  async sendForged(): Promise<void> {
    const refused = await this.send("--bad-signature").then(
      () => false,
      ({ stderr }) => stderr.includes("Invalid signature"),
    );
    if (!refused) throw new Error("the server did not refuse a wrong signature");
  }

  async sendPayload(payload: unknown): Promise<void> {
    this.payloads += 1;
    const file = join(this.folder, `payload-${this.payloads}.json`);
    await writeFile(file, typeof payload === "string" ? payload : JSON.stringify(payload));
    await this.send("--file", file);
  }

  /** A step of a job, as the service reports many of one. */
  async sendStep(job: string, step: string): Promise<void> {
    await this.sendPayload({ event: "llm.step.completed", job_id: job, step_id: step });
  }

  /** A terminal that follows, once it does; it ends with the server at the latest. */
  async tail(...options: string[]): Promise<ChildProcess> {
    const child = spawn(binary, ["tail", "--data-dir", this.folder, ...options], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.tails.push(child);
    let said = "";
    for await (const text of child.stderr) {
      said += text;
      if (said.includes("following ")) return child;
    }
    throw new Error(`tail ended: ${said}`);
  }

  async createAdmin(email: string, password: string): Promise<void> {
    const options = ["--email", email, "--password-stdin", "--data-dir", this.folder];
    const child = spawn(binary, ["admin", "create", ...options], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    const ended = once(child, "exit");
    child.stdin.end(password);
    const [status] = await ended;
    if (status !== 0) throw new Error(`admin create ended with ${status}`);
  }

  private known(): Ready {
    if (this.ready === null) throw new Error("the server is not running");
    return this.ready;
  }

  private async listen(address: string): Promise<void> {
    const readyFile = join(this.folder, "ready.json");
    await rm(readyFile, { force: true });
    const child = spawn(binary, ["serve", "--listen", address, "--data-dir", this.folder], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.settings },
    });
    this.child = child;
    const keep = (text: Buffer) => {
      this.output = (this.output + text.toString()).slice(-20_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.ready = await this.untilReady(readyFile, child);
  }

  private async untilReady(file: string, child: ChildProcess): Promise<Ready> {
    const deadline = Date.now() + startMs;
    while (Date.now() < deadline && child.exitCode === null) {
      const text = await readFile(file, "utf8").catch(() => "");
      if (text.endsWith("}") || text.endsWith("}\n")) return JSON.parse(text);
      // One whose database is not its own has no link to sign in with, and says in its log alone where it is.
      const url = /is ready","url":"([^"]+)"/.exec(this.output)?.[1];
      if ("DATABASE_URL" in this.settings && url !== undefined) return { url, signInUrl: url };
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    throw new Error(`the server did not start:\n${this.output}`);
  }

  private async halt(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const tooLong = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await ended;
    clearTimeout(tooLong);
  }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "callbackd-e2e-"));
  // Of a folder that only root may enter, root's PostgreSQL would lie elsewhere, and stay behind.
  await chmod(folder, 0o755);
  return folder;
}
