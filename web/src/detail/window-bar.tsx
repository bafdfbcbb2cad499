// The bar of a window: green for a valid signature, red for an invalid one, blue while loading.
import {
  Copy as CopyIcon,
  LoaderCircle,
  type LucideIcon,
  Minus,
  Move,
  ShieldAlert,
  ShieldCheck,
  Square,
  X,
} from "lucide-react";
import type { KeyboardEvent } from "react";
import { cn } from "@/lib/cn";
import { Foreign } from "@/ui/foreign";

const looks = {
  good: { background: "bg-bar-good", icon: ShieldCheck, label: "Valid signature" },
  bad: { background: "bg-bar-bad", icon: ShieldAlert, label: "Invalid signature" },
  busy: { background: "bg-bar-busy", icon: LoaderCircle, label: "Loading" },
} as const;

type Props = {
  title: string;
  subtitle: string | null;
  bar: keyof typeof looks;
  fills: boolean;
  isPhone: boolean;
  onMinimise: () => void;
  onMaximise: () => void;
  onClose: () => void;
  onKeys: (event: KeyboardEvent) => void;
};

export function WindowBar(props: Props) {
  const { title, subtitle, bar, fills, isPhone, onMaximise, onKeys } = props;
  const { background, icon: Icon, label } = looks[bar];

  function arrow(event: KeyboardEvent) {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    onKeys(event);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the maximise button does the same by key
    <div
      onDoubleClick={isPhone ? undefined : onMaximise}
      className={cn(
        "window-handle flex h-11 shrink-0 select-none items-center gap-2 pr-1.5 pl-3 text-bar-ink",
        background,
        !fills && "cursor-move",
      )}
    >
      <Icon
        className={cn("size-4.5 shrink-0", bar === "busy" && "motion-safe:animate-spin")}
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
      {!isPhone && (
        <>
          {!fills && (
            <BarButton
              icon={Move}
              label="Move with the arrow keys, resize with Shift"
              onKeyDown={arrow}
            />
          )}
          <BarButton icon={Minus} label="Minimise" onClick={props.onMinimise} />
          <BarButton
            icon={fills ? CopyIcon : Square}
            label={fills ? "Restore size" : "Maximise"}
            onClick={onMaximise}
          />
        </>
      )}
      <BarButton icon={X} label="Close" onClick={props.onClose} />
    </div>
  );
}

type BarButtonProps = {
  icon: LucideIcon;
  label: string;
  onClick?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
};

function BarButton({ icon: Icon, label, onClick, onKeyDown }: BarButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onDoubleClick={(event) => event.stopPropagation()}
      className="inline-flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-bar-ink/15 focus-visible:outline-bar-ink focus-visible:-outline-offset-2"
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}
