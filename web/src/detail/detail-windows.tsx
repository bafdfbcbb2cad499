// All open windows. Which are open, and which is in front, stands in the URL; how each one lies on the
// screen is its own affair and is forgotten when it closes.
import { PanelTopOpen, X } from "lucide-react";
import { useState } from "react";
import { createPortal } from "react-dom";
import { useCallbackView } from "@/api/callbacks";
import { asideFor, withFront, withOther, withoutWindow } from "@/lib/place";
import { phone, useMedia } from "@/lib/use-media";
import { SignatureIcon } from "@/ui/badge";
import { Foreign } from "@/ui/foreign";
import { go, usePlace } from "@/ui/use-place";
import { DetailWindow } from "./detail-window";

export function DetailWindows() {
  const { front, others } = usePlace();
  // A link that names no front window has put all of them aside.
  const [aside, setAside] = useState<ReadonlySet<string>>(() => new Set(front ? [] : others));
  const small = useMedia(phone);
  const [frames, setFrames] = useState<Frames>(new Map());
  const order = front === null ? others : [...others, front];
  const minimised = order.filter((id) => id !== front && aside.has(id));
  // A phone shows one window over everything; the others wait in the URL.
  const shown = small
    ? order.filter((id) => id === front)
    : order.filter((id) => !minimised.includes(id));

  function minimise(id: string) {
    setAside(new Set(aside).add(id));
    const next = others.findLast((other) => other !== id && !aside.has(other)) ?? null;
    go((place) => asideFor(place, id, front === id ? next : front));
  }
  function restore(id: string) {
    setAside(new Set([...aside].filter((other) => other !== id)));
    go((place) => withFront(place, id));
  }
  function close(id: string) {
    setFrames(new Map([...frames].filter(([other]) => other !== id)));
    setAside(new Set([...aside].filter((other) => other !== id)));
    go((place) => withoutWindow(place, id));
  }

  /** The window stays as it lies, and so does the way back in the browser. */
  function goOn(id: string, other: string) {
    if (!order.includes(other)) setFrames(new Map(frames).set(other, frames.get(id) ?? id));
    go((place) => withOther(place, id, other), true);
  }

  const keys = keysOf(shown, frames);
  // Sorted by id, so that bringing one to the front moves no element and loses no scroll position.
  return createPortal(
    <>
      {[...shown].sort().map((id) => (
        <DetailWindow
          key={keys.get(id)}
          id={id}
          depth={order.indexOf(id)}
          isFront={id === front}
          isPhone={small}
          onFront={() => restore(id)}
          onMinimise={() => minimise(id)}
          onClose={() => close(id)}
          onOther={(other) => goOn(id, other)}
        />
      ))}
      {!small && minimised.length > 0 && (
        <Dock ids={minimised} onRestore={restore} onClose={close} />
      )}
    </>,
    document.body,
  );
}

/** By the callback a window shows now, the one it was opened for. */
type Frames = ReadonlyMap<string, string>;

/** Names for the windows that stay the same while their callbacks change, each used once. */
function keysOf(ids: readonly string[], frames: Frames): Map<string, string> {
  const keys = new Map<string, string>();
  const isTaken = (key: string) => [...keys.values()].includes(key);
  for (const id of ids) {
    const kept = frames.get(id);
    if (kept !== undefined && !isTaken(kept)) keys.set(id, kept);
  }
  for (const id of ids) if (!keys.has(id)) keys.set(id, isTaken(id) ? `${id} again` : id);
  return keys;
}

type DockProps = { ids: string[]; onRestore: (id: string) => void; onClose: (id: string) => void };

function Dock({ ids, onRestore, onClose }: DockProps) {
  return (
    <section
      aria-label="Minimised windows"
      className="fixed bottom-3 left-4 z-40 flex max-w-[calc(100vw-2rem)] gap-2 overflow-x-auto p-1"
    >
      {ids.map((id) => (
        <DockEntry key={id} id={id} onRestore={() => onRestore(id)} onClose={() => onClose(id)} />
      ))}
    </section>
  );
}

type EntryProps = { id: string; onRestore: () => void; onClose: () => void };

function DockEntry({ id, onRestore, onClose }: EntryProps) {
  const callback = useCallbackView(id).data?.callback;
  const title = callback?.callbackId ?? id;
  return (
    <div className="flex h-9 items-center rounded-lg border border-line-strong bg-surface shadow-pop">
      <button
        type="button"
        onClick={onRestore}
        aria-label={`Restore window ${title}`}
        className="inline-flex h-full items-center gap-2 rounded-l-lg pl-3 hover:bg-hover"
      >
        {callback === undefined ? (
          <PanelTopOpen className="size-4 text-muted" aria-hidden />
        ) : (
          <SignatureIcon valid={callback.signatureValid} />
        )}
        <Foreign text={title} className="max-w-40 truncate pr-2 font-mono text-label" />
      </button>
      <button
        type="button"
        onClick={onClose}
        aria-label={`Close window ${title}`}
        className="inline-flex h-full w-8 items-center justify-center rounded-r-lg text-muted hover:bg-hover hover:text-ink"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </div>
  );
}
