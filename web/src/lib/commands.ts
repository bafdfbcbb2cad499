// What can be done on the page that is shown, by key and from the command menu. Each part of the page
// brings its own commands for as long as it is there; whoever lists them or hears a key asks here.
import { useEffect, useRef } from "react";

export type Section = "Go to" | "Callbacks" | "Filter" | "Console";

export type Command = {
  id: string;
  section: Section;
  title: string;
  /** The key that does it, as the keyboard event names it: "j", "J" with shift, "Delete". */
  key?: string | undefined;
  /** Null for what the browser, or the part that has the focus, does at this key by itself. */
  run: (() => void) | null;
  /** Why it can do nothing now. */
  blocked?: string | null | undefined;
  /** Works also while a window over the page has the focus. */
  everywhere?: boolean;
  /** Only by its key: in a menu it would mean nothing. */
  keyOnly?: boolean;
};

const groups = new Set<{ readonly current: readonly Command[] }>();

/** They hold while the component that calls this is on the page. */
export function useCommands(commands: readonly Command[]): void {
  const group = useRef(commands);
  useEffect(() => {
    group.current = commands;
  });
  useEffect(() => {
    groups.add(group);
    return () => {
      groups.delete(group);
    };
  }, []);
}

/** As they are at this moment. */
export function currentCommands(): Command[] {
  return [...groups].flatMap((group) => group.current);
}
