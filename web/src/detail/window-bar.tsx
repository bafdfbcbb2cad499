// The bar of a window: green for a valid signature, red for an invalid one, blue while loading.
import {
  Copy as CopyIcon,
  LoaderCircle,
  Minus,
  Move,
  ShieldAlert,
  ShieldCheck,
  Square,
  X,
} from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Foreign } from "@/ui/foreign";
import { BarButton } from "./bar-button";

const looks = {
  good: { background: "bg-bar-good", icon: ShieldCheck, label: "Valid signature" },
  bad: { background: "bg-bar-bad", icon: ShieldAlert, label: "Invalid signature" },
  gone: { background: "bg-bar-bad", icon: ShieldAlert, label: "Not there" },
  busy: { background: "bg-bar-busy", icon: LoaderCircle, label: "Loading" },
} as const;

export type Bar = keyof typeof looks;

type Props = {
  title: string;
  subtitle: string | null;
  bar: Bar;
  /** What can be done with the callback. */
  actions: ReactNode;
  fills: boolean;
  isPhone: boolean;
  onMinimise: () => void;
  onMaximise: () => void;
  onClose: () => void;
  onKeys: (event: KeyboardEvent) => void;
};

export function WindowBar(props: Props) {
  const { title, subtitle, bar, actions, fills, isPhone, onMaximise } = props;
  const { background, icon: Icon, label } = looks[bar];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the maximise button does the same by key
    <div
      onDoubleClick={isPhone ? undefined : onMaximise}
      className={cn(
        "window-handle flex h-11 shrink-0 select-none items-center pr-1.5 pl-3 text-bar-ink",
        background,
        !fills && "cursor-move",
      )}
    >
      <Icon
        className={cn("mr-2 size-4.5 shrink-0", bar === "busy" && "motion-safe:animate-spin")}
        aria-hidden
      />
      <span className="sr-only">{label}</span>
      <h2 className="flex min-w-0 flex-1 items-baseline gap-2">
        <Foreign text={title} className="truncate font-medium font-mono" />
        {subtitle !== null && (
          <Foreign
            text={subtitle}
            className="hidden max-w-1/2 shrink-0 truncate text-label sm:inline"
          />
        )}
      </h2>
      <div className="ml-2 flex shrink-0 gap-0.5">
        {actions}
        {!isPhone && <Placing {...props} />}
        <BarButton icon={X} label="Close" onClick={props.onClose} />
      </div>
    </div>
  );
}

type PlacingProps = Pick<Props, "fills" | "onMinimise" | "onMaximise" | "onKeys">;

/** Where the window lies, which on a phone is everywhere. */
function Placing({ fills, onMinimise, onMaximise, onKeys }: PlacingProps) {
  function arrow(event: KeyboardEvent) {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    onKeys(event);
  }
  return (
    <>
      <span className="mx-1.5 my-2 w-px bg-bar-ink/30" aria-hidden />
      {!fills && (
        <BarButton
          icon={Move}
          label="Move with the arrow keys, resize with Shift"
          onKeyDown={arrow}
        />
      )}
      <BarButton icon={Minus} label="Minimise" onClick={onMinimise} />
      <BarButton
        icon={fills ? CopyIcon : Square}
        label={fills ? "Restore size" : "Maximise"}
        onClick={onMaximise}
      />
    </>
  );
}
