// The ways to look at a payload.

export type View = "tree" | "raw" | "bytes";

export const viewLabels: Record<View, string> = { tree: "Tree", raw: "Raw", bytes: "Bytes" };
