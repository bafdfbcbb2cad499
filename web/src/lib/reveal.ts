// Makes characters visible that a reader cannot see but that change what he sees: bidi controls,
// zero-width characters, control characters and lone surrogates. Payloads are shown only through it.

// A zero-width joiner between two pictures makes one of them, and hides nothing.
const joiner =
  "(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d|\\u200d(?!\\p{Extended_Pictographic})";
const others =
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200c\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\p{Surrogate}]";
const hidden = new RegExp(`${joiner}|${others}`, "gu");

/** The text with each hidden character written as ⟨U+202E⟩; tabs and newlines stay. */
export function reveal(text: string): string {
  return text.replace(hidden, (unit) => {
    const code = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}
