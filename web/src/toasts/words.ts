// What a toast, or a notification of the desktop, says. Pure.
import { causeWords } from "@/api/cause-words";
import type { ToastOrder } from "@/api/stream/messages";
import { formatCount } from "@/lib/format";
import { reveal } from "@/lib/reveal";

const previewLength = 80;

export function titleOf({ kind, count, more }: ToastOrder): string {
  const number = `${formatCount(count)}${more ? "+" : ""}`;
  const one = count === 1 && !more;
  switch (kind) {
    case "invalid":
      return one
        ? "Invalid signature – security alert"
        : `${number} invalid signatures – security alert`;
    case "callback":
    case "burst":
      return one ? "New LLM callback received" : `${number} new LLM callbacks received`;
  }
}

export function subtitleOf({ kind, count, item }: ToastOrder): string {
  const words = [item.workflowName ?? item.source, item.eventType].filter((word) => word !== null);
  const last = reveal(words.join(" – "));
  return kind !== "callback" && count > 1 ? `Latest: ${last}` : last;
}

/** Why it did not verify, of several the latest; null where nothing is wrong or it is not known yet. */
export function causeOf({ kind, item: { cause } }: ToastOrder): string | null {
  return kind === "invalid" && cause !== null ? causeWords(cause) : null;
}

/** Of a notification of the desktop. */
export function bodyOf(order: ToastOrder): string {
  const lines = [subtitleOf(order), causeOf(order), beginning(order.item.payloadPreview)];
  return lines.filter((line) => line !== null).join("\n");
}

/** The same for ears: without the signs that only eyes understand. */
export function spokenOf(order: ToastOrder): string {
  const { kind, count, more, item } = order;
  const number = `${formatCount(count)}${more ? " or more" : ""}`;
  const one = count === 1 && !more;
  const about = [item.workflowName ?? item.source, item.eventType].filter((word) => word !== null);
  const last = reveal(about.join(", "));
  if (kind === "invalid") {
    const what = one
      ? "a callback was not signed as it should"
      : `${number} callbacks were not signed as they should`;
    const cause = causeOf(order);
    const why = cause === null ? "" : `. ${cause}`;
    return `Security alert: ${what}. ${one ? "" : "Latest: "}${last}${why}`;
  }
  return one ? `New callback: ${last}` : `${number} new callbacks. Latest: ${last}`;
}

export function beginning(preview: string): string {
  const characters = [...preview];
  const head = characters.slice(0, previewLength).join("");
  return reveal(characters.length > previewLength ? `${head}…` : head);
}

/** Whether "View details" can only mean the one callback. */
export function isOneCallback(order: ToastOrder): boolean {
  return order.kind === "callback" || (order.count === 1 && !order.more);
}
