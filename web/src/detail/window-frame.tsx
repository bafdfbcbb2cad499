// The frame of a window: where it lies, how large it is, moving it by pointer and by keys. It fills the
// screen when maximised, and always on a phone.
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Rnd } from "react-rnd";
import { cn } from "@/lib/cn";
import { useFocusLoop } from "@/ui/use-focus-loop";
import { useHeldFocus } from "@/ui/use-held-focus";
import { ScrollerProvider } from "./scroller";
import { type Bar, WindowBar } from "./window-bar";
import { type Box, boxFor, fitted, moved } from "./window-box";

type Props = {
  title: string;
  subtitle: string | null;
  bar: Bar;
  actions: ReactNode;
  /** What the window is about: something else begins at its top. */
  content: string;
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
  const screen = useScreen();
  // Where it was put: a screen that is smaller for a while, as one that is turned, does not change it.
  const [place, setBox] = useState<Box>(() => boxFor(depth, screen.width, screen.height));
  const [maximised, setMaximised] = useState(false);

  const fills = maximised || isPhone;
  const box = fitted(place, screen.width, screen.height);
  const { x, y, width, height } = fills ? { x: 0, y: 0, ...screen } : box;
  const least = boxFor(0, screen.width, screen.height).least;
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
      onDragStart={grab}
      onResizeStart={(event) => {
        grab(event);
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
        onKeys={(event) => setBox(moved(box, event, screen.width, screen.height))}
      />
    </Rnd>
  );
}

function useScreen(): { width: number; height: number } {
  const [screen, setScreen] = useState({ width: innerWidth, height: innerHeight });
  useEffect(() => {
    const measure = () => setScreen({ width: innerWidth, height: innerHeight });
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  return screen;
}

/** Else the browser would drag a link of the list beneath, once the edge has moved away from over it. */
function grab(event: { type: string; preventDefault(): void }): void {
  if (event.type === "mousedown") event.preventDefault();
}

type InsideProps = Props & {
  fills: boolean;
  onMaximise: () => void;
  onKeys: (event: KeyboardEvent) => void;
};

function Inside({ children, content, fills, onMaximise, onKeys, ...props }: InsideProps) {
  const root = useRef<HTMLDivElement>(null);
  useFocusLoop(root);
  const held = useHeldFocus(root);
  const { isFront, isPhone, onFront, onClose } = props;
  const wasPressed = useRef(false);
  // Opened, or brought to the front by a link or a toast while it was open: the focus follows. Where it is
  // pressed, the press decides.
  useEffect(() => {
    if (isFront && !wasPressed.current) focusWithin(root.current);
    wasPressed.current = false;
  }, [isFront]);

  const [area, setArea] = useState<HTMLDivElement | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is for the change, whatever it is to
  useLayoutEffect(() => {
    if (area !== null) area.scrollTop = 0;
  }, [area, content]);

  // What is pressed in a menu of the window is heard here too, though it lies elsewhere on the page.
  const isInside = ({ currentTarget, target }: MouseEvent) =>
    target instanceof Node && currentTarget.contains(target);

  function raise(event: MouseEvent) {
    if (isFront || !isInside(event)) return;
    wasPressed.current = true;
    onFront();
  }
  function press(event: MouseEvent) {
    if (isInside(event)) focusWithin(root.current);
  }
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
      onPointerDownCapture={raise}
      onMouseDown={press}
      {...held}
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

function focusWithin(root: HTMLElement | null): void {
  if (!root?.contains(document.activeElement)) root?.focus({ preventScroll: true });
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
