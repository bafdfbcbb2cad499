// Keeps Tab inside a window and gives the focus back when it closes. Unlike a modal's trap it lets a
// pointer go elsewhere, because several windows and the page behind them are in use at once.
import { type RefObject, useEffect } from "react";
import { focusOrigin } from "./focus-origin";

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex]:not([tabindex="-1"])';

export function useFocusLoop(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const origin = focusOrigin();

    function loop(event: KeyboardEvent): void {
      if (event.key !== "Tab" || element === null) return;
      const stops = [...element.querySelectorAll<HTMLElement>(focusable)].filter((stop) =>
        stop.checkVisibility(),
      );
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      const outside = document.activeElement === element && event.shiftKey;
      if (document.activeElement !== edge && !outside) return;
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }

    element.addEventListener("keydown", loop);
    return () => {
      element.removeEventListener("keydown", loop);
      const strayed = document.activeElement;
      const ours = strayed === null || strayed === document.body || element.contains(strayed);
      if (ours) origin();
    };
  }, [root]);
}
