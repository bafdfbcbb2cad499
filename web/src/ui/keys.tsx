// Keys as they are printed on the keyboard in front of whoever reads.
import { cn } from "@/lib/cn";

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

const names: Record<string, string> = {
  Mod: isApple ? "⌘" : "Ctrl",
  Shift: isApple ? "⇧" : "Shift",
  Enter: isApple ? "↩" : "Enter",
  Escape: "Esc",
  Delete: isApple ? "⌦" : "Del",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** "Mod+K" is Ctrl and K, or ⌘ and K; a single upper-case letter is written with its Shift. */
export function Keys({ keys, className }: { keys: string; className?: string }) {
  const pressed = /^[A-Z]$/.test(keys) ? ["Shift", keys] : keys.split("+");
  return (
    <span className={cn("inline-flex items-center gap-1", className)}>
      {pressed.map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line-strong border-b-2 bg-surface px-1 font-sans text-label text-muted"
        >
          {names[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
