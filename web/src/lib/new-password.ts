// A password that nobody thinks of: for the person who is added, to be told to them once.

// Without what is mistaken for one another when it is read aloud or copied by hand.
const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const groups = 5;
const groupLength = 4;

/** Five groups of four out of 32 letters: 100 random bits. */
export function newPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(groups * groupLength));
  // 256 is a multiple of 32: no letter is likelier than another.
  const text = [...bytes].map((byte) => letters[byte % letters.length]).join("");
  return (text.match(/.{4}/g) ?? []).join("-");
}

/** What the server asks of a password, checked before it is sent; `undefined` when it is good. */
export function passwordFault(password: string): string | undefined {
  if ([...password].length < lengthMin) return `A password has at least ${lengthMin} characters.`;
  if (new TextEncoder().encode(password).length > bytesMax)
    return `A password has at most ${bytesMax} bytes.`;
  return undefined;
}

export const lengthMin = 12;
const bytesMax = 1_024;
