// What the server found out about a request that did not verify, in a few words. The codes are the server's.
import type { Cause } from "./types";

const words: Record<Cause, string> = {
  verified: "It verifies now",
  secret_untrimmed: "White space around the secret",
  secret_quoted: "The secret is in quotes",
  secret_decoding: "The secret is decoded on one side only",
  secret_retired: "A retired secret",
  secret_of_other_source: "The secret of another source",
  secret_empty: "An empty secret",
  secret_placeholder: "A placeholder instead of the secret",
  body_reserialised: "The body was serialised again",
  body_numbers: "Numbers were written otherwise",
  body_line_ends: "Line ends were added or lost",
  body_byte_order_mark: "A byte order mark too many or too few",
  body_encoded_twice: "The body was encoded twice",
  signed_content: "Something else was signed",
  signature_algorithm: "Another algorithm",
  signature_header: "The signature is in another header",
  signature_encoding: "The signature is encoded otherwise",
  signature_prefix: "Another prefix",
  signature_truncated: "The signature was cut off",
  signature_is_secret: "The secret was sent as the signature",
  signature_placeholder: "A placeholder instead of the signature",
  signature_unreadable: "No signature can be read",
  signature_missing: "The signature is missing",
  signed_header_missing: "A signed header is missing",
  token_missing: "The token is missing",
  token_header: "The token is in another header",
  token_form: "The token is in another form",
  token_is_signature: "A signature instead of the token",
  token_not_kept: "The token was wrong",
  timestamp_missing: "The timestamp is missing",
  timestamp_format: "The timestamp cannot be read",
  timestamp_unit: "The timestamp is in another unit",
  timestamp_out_of_window: "The clocks differ",
  timestamp_not_signed: "The timestamp is not signed",
  body_not_kept: "The body was not read",
  no_secret: "The source has no secret",
  none_known: "None of the known causes",
};

export function causeWords(cause: Cause): string {
  // A code that a later server made up is still readable.
  return Object.hasOwn(words, cause) ? words[cause] : cause.replaceAll("_", " ");
}
