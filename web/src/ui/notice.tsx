// A whole area that has something to say instead of its content: nothing there, failed, gone.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

type Props = {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  tone?: "muted" | "bad";
  className?: string;
};

export function Notice({ icon: Icon, title, children, tone = "muted", className }: Props) {
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
      <h2 className="font-semibold text-toast">{title}</h2>
      {children}
    </div>
  );
}
