// The frame of a window: where it lies, how large it is, moving it by pointer and by keys. It fills the
// screen when maximised, and always on a phone.
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Rnd } from "react-rnd";
import { cn } from "@/lib/cn";
import { useFocusLoop } from "@/ui/use-focus-loop";
import { ScrollerProvider } from "./scroller";
import { WindowBar } from "./window-bar";
import { type Box, boxFor, fitted, moved } from "./window-box";

type Props = {
  title: string;
  subtitle: string | null;
  bar: "good" | "bad" | "busy";
  depth: number;
  isFront: boolean;
  isPhone: boolean;
  onFront: () => void;
  onMinimise: () => void;
  onClose: () => void;
  children: ReactNode;
};

export function WindowFrame(props: Props) {
  const { depth, isFront, isPhone, onFront } = props;
  const [box, setBox] = useState<Box>(() => boxFor(depth, innerWidth, innerHeight));
  const [maximised, setMaximised] = useState(false);
  useEffect(() => {
    const fit = () => setBox((old) => fitted(old, innerWidth, innerHeight));
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, []);

  const fills = maximised || isPhone;
  const screen: Box = { x: 0, y: 0, width: innerWidth, height: innerHeight };
  const { x, y, width, height } = fills ? screen : box;
  const least = boxFor(0, innerWidth, innerHeight).least;
  return (
    <Rnd
      position={{ x, y }}
      size={{ width, height }}
      minWidth={Math.min(least.width, width)}
      minHeight={Math.min(least.height, height)}
      style={{ zIndex: 30 + depth, position: "fixed", top: 0, left: 0 }}
      bounds="window"
      dragHandleClassName="window-handle"
      cancel="button"
      disableDragging={fills}
      enableResizing={!fills}
      onMouseDown={() => {
        if (!isFront) onFront();
      }}
      onDragStop={(_, to) => setBox({ ...box, x: to.x, y: to.y })}
      onResizeStop={(_, __, element, ___, to) =>
        setBox({ ...to, width: element.offsetWidth, height: element.offsetHeight })
      }
    >
      <Inside
        {...props}
        fills={fills}
        onMaximise={() => setMaximised(!maximised)}
        onKeys={(event) => setBox(moved(box, event, innerWidth, innerHeight))}
      />
    </Rnd>
  );
}

type InsideProps = Props & {
  fills: boolean;
  onMaximise: () => void;
  onKeys: (event: KeyboardEvent) => void;
};

function Inside({ children, fills, onMaximise, onKeys, ...props }: InsideProps) {
  const root = useRef<HTMLDivElement>(null);
  useFocusLoop(root);
  const { isFront, isPhone, onClose } = props;
  // Opened, or brought to the front by a link or a toast while it was open: the focus follows.
  useEffect(() => {
    if (isFront && !root.current?.contains(document.activeElement))
      root.current?.focus({ preventScroll: true });
  }, [isFront]);

  const [area, setArea] = useState<HTMLDivElement | null>(null);

  function steer(event: KeyboardEvent) {
    if (event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (asksForSearch(event) && focusSearch(root.current)) {
      event.preventDefault();
    }
  }
  return (
    <div
      ref={root}
      role="dialog"
      aria-label={`Callback ${props.title}${props.subtitle === null ? "" : `, ${props.subtitle}`}`}
      aria-modal={isPhone}
      tabIndex={-1}
      onKeyDown={steer}
      className={cn(
        "flex size-full flex-col overflow-hidden bg-surface shadow-window outline-none",
        !fills && "rounded-xl border border-line-strong",
      )}
    >
      <WindowBar {...props} fills={fills} onMaximise={onMaximise} onKeys={onKeys} />
      <div
        ref={setArea}
        className="@container min-h-0 flex-1 overflow-y-auto overscroll-contain [container-type:size] [overflow-anchor:none]"
      >
        <ScrollerProvider value={area}>{children}</ScrollerProvider>
      </div>
    </div>
  );
}

/** The browser's own search sees only the rows that are on the page. */
function asksForSearch({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key === "f";
}

/** False if it has the focus: asked twice, the browser's search is meant. */
function focusSearch(root: HTMLElement | null): boolean {
  const field = root?.querySelector<HTMLInputElement>('input[type="search"]');
  if (!field || field === document.activeElement) return false;
  field.focus();
  field.select();
  return true;
}
