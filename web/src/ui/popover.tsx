// A small panel that hangs from its button, from Radix, in our clothes.
import { Popover as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;

type Props = ComponentProps<typeof Radix.Content> & { "aria-label": string };

export function PopoverContent({ className, ...rest }: Props) {
  return (
    // Into the page's main part: what lies outside of every landmark is lost to screen readers.
    <Radix.Portal container={document.querySelector("main")}>
      <Radix.Content
        align="start"
        sideOffset={6}
        collisionPadding={8}
        {...rest}
        className={cn(
          "z-50 flex max-h-[min(24rem,var(--radix-popover-content-available-height))] w-72 max-w-[calc(100vw-1rem)] animate-appear flex-col rounded-lg border border-line bg-surface shadow-pop outline-none",
          className,
        )}
      />
    </Radix.Portal>
  );
}
