// While the tab is hidden its title and favicon say how much is unread.
import { useEffect, useSyncExternalStore } from "react";
import { formatUnread } from "@/lib/format";
import { setTitlePrefix } from "@/lib/page-title";

const plain = "/favicon.svg";

export function useTabBadge(unread: number): void {
  const hidden = useSyncExternalStore(watchVisibility, () => document.hidden);
  useEffect(() => {
    const badged = hidden && unread > 0;
    setTitlePrefix(badged ? `(${formatUnread(unread)})` : "");
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = badged ? badgedIcon() : plain;
    return () => setTitlePrefix("");
  }, [hidden, unread]);
}

function watchVisibility(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

let drawn: string | null = null;

/** The mark with a red dot: a count would be unreadable at 16 px, and stands in the title. */
function badgedIcon(): string {
  if (drawn !== null) return drawn;
  const canvas = document.createElement("canvas");
  canvas.width = 32;
  canvas.height = 32;
  const pen = canvas.getContext("2d");
  if (pen === null) return plain;
  pen.fillStyle = "#3553d8";
  pen.beginPath();
  pen.roundRect(0, 0, 32, 32, 8);
  pen.fill();
  pen.fillStyle = "#e5484d";
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(22, 10, 8, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
  drawn = canvas.toDataURL("image/png");
  return drawn;
}
