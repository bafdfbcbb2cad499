// What is read of how a source proves itself.
import { expect, test } from "vitest";
import { proofInWords, signs } from "./proof";

test.each([
  ["hmac-sha256-hex", "HMAC-SHA256 in hex"],
  ["hmac-sha512-base64", "HMAC-SHA512 in base64"],
  ["ed25519-hex", "Ed25519 in hex"],
  ["token", "A secret token"],
  ["token+hmac-sha256-hex", "A secret token, and HMAC-SHA256 in hex"],
  ["something-new", "Something-new"],
])("%s", (scheme, words) => expect(proofInWords(scheme)).toBe(words));

test("a token alone signs nothing", () => {
  expect(["token", "token+hmac-sha256-hex", "ed25519-hex"].map(signs)).toEqual([false, true, true]);
});
