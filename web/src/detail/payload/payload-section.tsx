// The payload: as a tree, as the exact text, or as bytes, with search, copy and download.
import { type RefObject, useCallback, useMemo, useRef, useState } from "react";
import { useRawUrl } from "@/api/callbacks";
import type { CallbackDetail } from "@/api/types";
import { Outline } from "@/lib/json-outline";
import { type Match, searchOutline, searchText } from "@/lib/json-search";
import { saveText } from "@/lib/save-text";
import { type Piece, pieceAt, piecesOf } from "@/lib/text-pieces";
import { BytesView } from "./bytes-view";
import { PathBar } from "./path-bar";
import { PayloadToolbar } from "./payload-toolbar";
import { PayloadTree } from "./payload-tree";
import { RawView } from "./raw-view";
import { useColumns } from "./use-columns";
import { type Payload, type Shown, usePayload } from "./use-payload";
import { type Search, useSearch } from "./use-search";
import { type Tree, useTree } from "./use-tree";
import type { Wanted } from "./use-wanted";
import type { Subject, SubjectProps, View } from "./views";

/** What was received, and beside it the object that it names, where that was fetched. */
export function PayloadSection({ callback }: { callback: CallbackDetail }) {
  const [chosen, setChosen] = useState<Subject>("received");
  const object = callback.object?.body ?? null;
  const subject = object === null ? "received" : chosen;
  const subjects = object === null ? null : { subject, onSubject: setChosen };
  if (subject === "object" && object !== null) {
    const { id } = callback;
    const shown = { id, payload: object, rawBytes: new Blob([object]).size };
    return <Shower key="object" shown={shown} subjects={subjects} isObject />;
  }
  return <Shower key="received" shown={callback} subjects={subjects} isObject={false} />;
}

type ShowerProps = {
  shown: Shown;
  subjects: SubjectProps | null;
  isObject: boolean;
};

function Shower({ shown, subjects, isObject }: ShowerProps) {
  const payload = usePayload(shown);
  const views = viewsOf(payload);
  const [chosen, setView] = useState<View | null>(null);
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? null);
  const section = useRef<HTMLElement>(null);
  const columns = useColumns(section);
  const tree = useTree(payload.outline ?? nothing, columns);
  const raw = useRaw(view === "raw" ? payload.text : null);
  const search = useViewSearch(payload, view, tree, raw.reveal);
  const rawUrl = useRawUrl(shown.id);
  const bars = { above: useRef<HTMLDivElement>(null), below: useRef<HTMLDivElement>(null) };

  return (
    <section ref={section} aria-label="Payload" className="flex min-w-0 flex-1 flex-col">
      <PayloadToolbar
        ref={bars.above}
        views={views}
        view={view}
        onView={setView}
        search={view === "bytes" ? null : search}
        tree={view === "tree" ? tree : null}
        text={payload.text}
        subjects={subjects}
        rawBytes={shown.rawBytes}
        download={
          isObject ? () => saveText(shown.payload ?? "", `${shown.id}-object.json`) : rawUrl
        }
      />
      <div className="flex-1">
        <Body {...{ payload, view, columns, tree, raw, search, bars }} />
      </div>
      {view === "tree" && <PathBar ref={bars.below} tree={tree} />}
    </section>
  );
}

// What the tree is about where there is none.
const nothing = new Outline("null");

function viewsOf({ outline, text, bytes }: Payload): View[] {
  const views: View[] = [];
  if (outline !== null) views.push("tree");
  if (text !== null) views.push("raw");
  if (bytes !== null) views.push("bytes");
  return views;
}

type Raw = {
  pieces: readonly Piece[];
  wanted: RefObject<Wanted | null>;
  reveal: (match: Match) => void;
};

function useRaw(text: string | null): Raw {
  const pieces = useMemo(() => piecesOf(text ?? ""), [text]);
  const wanted = useRef<Wanted | null>(null);
  const reveal = (match: Match) => {
    const row = { node: 0, part: pieceAt(pieces, match.start) };
    wanted.current = { row, where: "centre", mark: true };
  };
  return { pieces, wanted, reveal };
}

/** One search for whichever view is chosen: what was typed stays when the view changes. */
function useViewSearch(
  { outline, text }: Payload,
  view: View | null,
  tree: Tree,
  revealRaw: (match: Match) => void,
): Search {
  const find = useCallback(
    (query: string) => {
      if (view === "tree" && outline !== null) return searchOutline(outline, query);
      return view === "raw" && text !== null ? searchText(text, query) : [];
    },
    [view, outline, text],
  );
  return useSearch(find, view === "tree" ? tree.reveal : revealRaw);
}

type BodyProps = {
  payload: Payload;
  view: View | null;
  columns: number;
  tree: Tree;
  raw: Raw;
  search: Search;
  bars: { above: RefObject<HTMLElement | null>; below: RefObject<HTMLElement | null> };
};

function Body({ payload, view, columns, tree, raw, search, bars }: BodyProps) {
  const marks = { matches: search.matches, current: search.matches[search.at] ?? null };
  switch (view) {
    case "tree":
      return <PayloadTree tree={tree} {...marks} {...bars} />;
    case "raw":
      return (
        <RawView pieces={raw.pieces} wanted={raw.wanted} columns={columns} {...marks} {...bars} />
      );
    case "bytes":
      return payload.bytes && <BytesView bytes={payload.bytes()} columns={columns} {...bars} />;
    case null:
      return <p className="p-4 text-muted">{instead(payload)}</p>;
  }
}

function instead({ problem, isLoading }: Payload): string {
  if (problem !== null) return `The bytes could not be loaded: ${problem.message}`;
  return isLoading ? "Loading the bytes" : "No body was kept.";
}
