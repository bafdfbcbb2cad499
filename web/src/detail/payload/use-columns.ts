// How many characters of the payload's type fit into a line of the window, kept up to date.
import { type RefObject, useLayoutEffect, useState } from "react";

// The type is 0.875 rem high, and its letters are 0.6 of that wide. The line has a rem of room at each end.
const letterRem = 0.875 * 0.6;
const aroundRem = 2;
// A window of the least width, until it has been measured.
const columnsAtFirst = 60;

export function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

export function useColumns(section: RefObject<HTMLElement | null>): number {
  const [columns, setColumns] = useState(columnsAtFirst);
  useLayoutEffect(() => {
    const element = section.current;
    if (element === null) return;
    const measure = () => {
      const lineRem = element.clientWidth / remPx() - aroundRem;
      setColumns(Math.max(10, Math.floor(lineRem / letterRem)));
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, [section]);
  return columns;
}

/** About how many lines a text takes. */
export function linesOf(text: string, columns: number): number {
  let lines = 0;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    lines += Math.max(1, Math.ceil(line.length / columns));
  }
  return lines;
}
