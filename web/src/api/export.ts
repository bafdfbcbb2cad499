// Exports: what the filters show, or what is selected, as a file.
import { callbacksBase } from "./base";
import { idsMax } from "./bulk";
import type { Filters } from "./filters";
import { mayGet, withQuery } from "./http";
import { useRole } from "./role";

export const exportFormats = [
  { format: "csv", label: "CSV", hint: "for spreadsheets" },
  { format: "json", label: "JSON", hint: "one array" },
  { format: "ndjson", label: "NDJSON", hint: "one callback a line" },
] as const;
export type ExportFormat = (typeof exportFormats)[number]["format"];

/** What the filters show, or these. */
export type Exported = { filters: Filters } | { ids: readonly string[] };

/** Starts the download; throws what the server has against it. */
export function useExport(): (format: ExportFormat, what: Exported) => Promise<void> {
  const base = callbacksBase(useRole());
  return async (format, what) => {
    const chosen = "ids" in what ? { ids: what.ids.join(",") } : what.filters;
    // Without the mark at its beginning, spreadsheets misread what is not ASCII.
    const bom = format === "csv" ? true : undefined;
    const url = withQuery(`${base}/export`, { format, bom, ...chosen });
    // A download that is refused would only be a broken file: asked before, the refusal has words.
    await mayGet(url);
    save(url);
  };
}

/** The browser saves it as it comes: however large it is, the page never holds it. */
function save(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}

/** Why it cannot be had. */
export function exportBlocked(what: Exported): string | null {
  if (!("ids" in what) || what.ids.length <= idsMax) return null;
  return `At most ${idsMax} can be exported by selecting them; filters export any number`;
}
