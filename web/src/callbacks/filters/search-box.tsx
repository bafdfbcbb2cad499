// The text that a callback must hold. What is typed reaches the URL a moment later.
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useCommands } from "@/lib/commands";
import { withFilter } from "@/lib/place";
import { Keys } from "@/ui/keys";
import { go } from "@/ui/use-place";

// A request for each key pressed would be waste; a wait that is felt would be worse.
const typingMs = 250;
// What the server takes.
const textMax = 200;

export function SearchBox({ value }: { value: string }) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The URL changed by other means (back, clear): show it.
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands([
    {
      id: "search",
      section: "Callbacks",
      title: "Search",
      key: "/",
      run: () => field.current?.select(),
    },
  ]);

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(next), typingMs);
  }
  function press(event: KeyboardEvent) {
    if (event.key === "Escape") field.current?.blur();
    if (event.key !== "Enter") return;
    clearTimeout(timer.current);
    search(text);
  }
  return (
    <label className="group relative w-44 shrink-0 sm:w-60">
      <span className="sr-only">Search in id, workflow and preview</span>
      <Search className="absolute top-2 left-2.5 size-4 text-muted" aria-hidden />
      <input
        ref={field}
        type="search"
        value={text}
        maxLength={textMax}
        onChange={(event) => type(event.target.value)}
        onKeyDown={press}
        placeholder="Search"
        className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-8 placeholder:text-muted"
      />
      {text === "" && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-1.5 right-1.5 hidden group-focus-within:hidden sm:block"
        >
          <Keys keys="/" />
        </span>
      )}
    </label>
  );
}

function search(text: string): void {
  go((place) => withFilter(place, "q", text.trim()), true);
}
