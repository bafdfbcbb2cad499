// The drop-down menu, from Radix, in our clothes.
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

export const Menu = DropdownMenu.Root;
export const MenuTrigger = DropdownMenu.Trigger;
export const MenuRadioGroup = DropdownMenu.RadioGroup;

type ContentProps = ComponentProps<typeof DropdownMenu.Content> & {
  /** For a menu of a window that covers the page: what lies outside of that is lost to screen readers. */
  within?: HTMLElement | null | undefined;
};

export function MenuContent({ within, className, ...rest }: ContentProps) {
  return (
    // Into the page's main part: so is what lies outside of every landmark.
    <DropdownMenu.Portal container={within ?? document.querySelector("main")}>
      <DropdownMenu.Content
        sideOffset={6}
        collisionPadding={8}
        {...rest}
        className={cn(
          "z-50 max-h-80 min-w-44 animate-appear overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-pop",
          className,
        )}
      />
    </DropdownMenu.Portal>
  );
}

const itemLook =
  "flex min-h-8 items-center gap-2 rounded-md px-2 py-1 outline-none data-highlighted:bg-hover";

export function MenuItem({ className, ...rest }: ComponentProps<typeof DropdownMenu.Item>) {
  return <DropdownMenu.Item {...rest} className={cn(itemLook, className)} />;
}

export function MenuRadioItem({ value, children }: { value: string; children: ReactNode }) {
  return (
    <DropdownMenu.RadioItem value={value} className={cn(itemLook, "pl-7 relative")}>
      <DropdownMenu.ItemIndicator className="absolute left-2 text-accent">
        <Check className="size-3.5" aria-hidden />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-label text-muted">
      {children}
    </DropdownMenu.Label>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
