// One ear for all keys. A key never does anything while somebody types, chooses in a menu, or answers a
// question; what has the focus is asked first, and has the last word.
import { type Command, currentCommands } from "@/lib/commands";
import { singleKeys } from "@/lib/single-keys";
import { toggleMenu } from "./overlay";

export function hearKeys(): () => void {
  document.addEventListener("keydown", hear);
  return () => document.removeEventListener("keydown", hear);
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (isMenuKey(event)) {
    if (isAsked()) return;
    event.preventDefault();
    toggleMenu();
    return;
  }
  const command = commandFor(event);
  if (!command?.run || command.blocked) return;
  event.preventDefault();
  command.run();
}

function isMenuKey(event: KeyboardEvent): boolean {
  const mod = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  return mod && event.key.toLowerCase() === "k";
}

function commandFor(event: KeyboardEvent): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = keyOf(event);
  if (key.length === 1 && singleKeys.read() === "off") return;
  const { target } = event;
  if (!(target instanceof HTMLElement) || isTakingKeys(target)) return;
  const inWindow = target.closest("[role=dialog]") !== null;
  return currentCommands().findLast(
    (command) => command.key === key && (command.everywhere || !inWindow),
  );
}

/** Letters by what they mean, whatever the caps lock says. */
function keyOf({ key, shiftKey }: KeyboardEvent): string {
  if (!/^\p{L}$/u.test(key)) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

function isAsked(): boolean {
  return document.querySelector("dialog[open][role=alertdialog]") !== null;
}

const typing = "textarea, select, [contenteditable], [role=textbox], [role=combobox]";
const choosing = "dialog, [role=menu], [role=listbox]";
const pressed = new Set(["checkbox", "radio", "button", "submit", "reset", "range", "color"]);

function isTakingKeys(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement && !pressed.has(target.type)) return true;
  return target.closest(`${typing}, ${choosing}`) !== null;
}
