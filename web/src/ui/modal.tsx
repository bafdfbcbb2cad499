// What lies over the page until it is closed: the browser's own element, which makes the page behind it
// inert, keeps the focus, closes on Escape, and lies above everything else. What it lacks is here: the
// focus goes back also to a menu's button, and nothing closes while it must not.
import {
  type ComponentProps,
  type MouseEvent,
  type SyntheticEvent,
  useLayoutEffect,
  useRef,
} from "react";
import { cn } from "@/lib/cn";
import { focusOrigin } from "./focus-origin";

type Props = Omit<ComponentProps<"dialog">, "onClose" | "onCancel" | "onClick"> & {
  /** While something is under way that closing would only seem to stop. */
  busy?: boolean | undefined;
  /** Whether pressing beside it closes it: for what nobody would mind having to open again. */
  light?: boolean;
  onClose: () => void;
};

/** It is open for as long as it is rendered. The first control in it gets the focus. */
export function Modal({ busy = false, light = false, onClose, className, ...rest }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // Before the element leaves the page: one that is gone cannot give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const origin = focusOrigin();
    dialog.showModal();
    return () => {
      dialog.close();
      origin();
    };
  }, []);

  function cancel(event: SyntheticEvent) {
    // The element would close itself; whoever renders it decides.
    event.preventDefault();
    if (!busy) onClose();
  }
  function press(event: MouseEvent) {
    if (light && event.target === element.current) onClose();
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it
    <dialog
      ref={element}
      {...rest}
      onCancel={cancel}
      onClick={press}
      className={cn(
        "m-auto flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] flex-col rounded-xl border border-line bg-surface text-ink shadow-window motion-safe:animate-appear",
        className,
      )}
    />
  );
}
