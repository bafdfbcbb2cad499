// How a source proves itself, in words. The server names it in parts joined by "+": a token, an
// algorithm with the way its signature is written, or both.

const algorithms: Record<string, string> = {
  "hmac-sha256": "HMAC-SHA256",
  "hmac-sha512": "HMAC-SHA512",
  ed25519: "Ed25519",
};

export function proofInWords(scheme: string): string {
  const words = scheme.split("+").map(partInWords).join(", and ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function partInWords(part: string): string {
  if (part === "token") return "a secret token";
  const [, name = part, writing] = /^(.+)-(hex|base64)$/.exec(part) ?? [];
  const algorithm = algorithms[name] ?? name;
  return writing === undefined ? algorithm : `${algorithm} in ${writing}`;
}

/** Whether the header holds a signature, or a token alone. */
export function signs(scheme: string): boolean {
  return scheme !== "token";
}
