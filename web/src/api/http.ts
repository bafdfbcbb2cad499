// One way to ask the server: same origin, JSON, and problem+json turned into an error with a status.

/** What the server said it could not do; `message` can be shown to a person. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string | null;
  /** Seconds, where the server asks for patience. */
  readonly retryAfterS: number | null;

  constructor(status: number, message: string, code: string | null, retryAfterS: number | null) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** The server could not be reached, or not in time. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached.", { cause });
    this.name = "Unreachable";
  }
}

// Beyond it a person should be told; no answer of the server takes half as long.
const answerMs = 20_000;

type Query = Record<string, string | number | boolean | undefined>;

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { method: "GET" }, signal);
  return response.json();
}

export async function getBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await request(path, { method: "GET" }, signal);
  return new Uint8Array(await response.arrayBuffer());
}

/** Throws what a GET would be refused with. An answer without a body has no words: then it is asked for them. */
export async function mayGet(path: string): Promise<void> {
  try {
    await request(path, { method: "HEAD" });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = new AbortController();
    await request(path, { method: "GET" }, words.signal);
    words.abort();
  }
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await post(path, body);
  return response.json();
}

export function post(path: string, body?: unknown): Promise<Response> {
  return send("POST", path, body);
}

/** Arrives also when the page is left the moment after. */
export function postLast(path: string): Promise<Response> {
  return request(path, { method: "POST", keepalive: true });
}

export async function patchJson<T>(path: string, body: unknown): Promise<T> {
  const response = await send("PATCH", path, body);
  return response.json();
}

export function put(path: string, body: unknown): Promise<Response> {
  return send("PUT", path, body);
}

export async function putJson<T>(path: string, body: unknown): Promise<T> {
  const response = await put(path, body);
  return response.json();
}

export async function removeJson<T>(path: string): Promise<T> {
  const response = await remove(path);
  return response.json();
}

export function remove(path: string): Promise<Response> {
  return send("DELETE", path);
}

function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  return request(path, init);
}

async function request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const deadline = AbortSignal.timeout(answerMs);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init, signal: either });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Unreachable(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get("retry-after"));
  const body: unknown = await response.json().catch(() => null);
  const text = member(body, "detail") ?? member(body, "error") ?? member(body, "title");
  return new Problem(
    response.status,
    text ?? `The server answered ${response.status}.`,
    member(body, "code"),
    retryAfter > 0 ? retryAfter : null,
  );
}

function member(body: unknown, name: string): string | null {
  if (typeof body !== "object" || body === null) return null;
  const value: unknown = Reflect.get(body, name);
  return typeof value === "string" && value !== "" ? value : null;
}
