// The way to the command menu for whoever has a mouse and does not know the key; it tells the key.
import { Keys } from "@/ui/keys";
import { show } from "./overlay";

export function CommandButton() {
  return (
    <button
      type="button"
      onClick={() => show("menu")}
      aria-label="Command menu"
      title="Command menu"
      className="hidden h-8 items-center rounded-md px-1.5 hover:bg-hover md:inline-flex"
    >
      <Keys keys="Mod+K" />
    </button>
  );
}
