// The looks in which every state of the console is judged: each colour scheme once, each width once. Colours do not depend
// on the width, and widths not on the colours, so the other two pairs tell nothing new; E2E_LOOKS=all judges them too.
export type Look = { name: string; colorScheme: "light" | "dark"; width: number };

const pairs = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 320 },
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 1280 },
] as const;

export const looks: readonly Look[] = pairs
  .slice(0, process.env.E2E_LOOKS === "all" ? pairs.length : 2)
  .map((look) => ({ ...look, name: `${look.colorScheme}, ${look.width} px` }));
