// A whole area that has something to say instead of its content: nothing there, failed, gone.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

type Props = {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  tone?: "muted" | "bad";
  /** 1 where it is all that there is on the page. */
  level?: 1 | 2;
  className?: string;
};

export function Notice(props: Props) {
  const { icon: Icon, title, children, tone = "muted", level = 2, className } = props;
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div
      className={cn("flex flex-col items-center justify-center gap-2 p-6 text-center", className)}
    >
      <span
        className={cn(
          "mb-1 inline-flex size-10 items-center justify-center rounded-full",
          tone === "bad" ? "bg-bad-soft text-bad" : "bg-accent-soft text-accent",
        )}
      >
        <Icon className="size-5" aria-hidden />
      </span>
      <Heading className="font-semibold text-toast">{title}</Heading>
      {children}
    </div>
  );
}
