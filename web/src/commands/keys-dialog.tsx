// Which keys do what, here and now, and whether single letters do anything at all.
import { type Command, currentCommands, type Section } from "@/lib/commands";
import { singleKeys } from "@/lib/single-keys";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Keys } from "@/ui/keys";

type Line = { keys: string; title: string };

const sections: readonly Section[] = ["Callbacks", "Console"];
// What windows, lists and dialogs do by themselves.
const elsewhere: readonly Line[] = [
  { keys: "ArrowDown", title: "Next, in a list or menu" },
  { keys: "ArrowUp", title: "Previous, in a list or menu" },
  { keys: "Escape", title: "Close a window, a menu or a dialog" },
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const commands = currentCommands();
  const on = singleKeys.use() === "on";
  return (
    <Dialog title="Keys" onClose={onClose} className="max-w-160">
      <label className="mt-3 flex items-start gap-2">
        <input
          type="checkbox"
          checked={on}
          onChange={() => singleKeys.set(on ? "off" : "on")}
          className="mt-0.5 size-4 accent-accent"
        />
        <span>
          Use single letters
          <span className="block text-label text-muted">
            They do nothing while you type. This choice is kept in this browser.
          </span>
        </span>
      </label>
      <div className="gap-x-8 sm:columns-2">
        {sections.map((section) => (
          <Lines key={section} title={section} lines={linesOf(commands, section)} />
        ))}
        <Lines title="Everywhere" lines={elsewhere} />
      </div>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function linesOf(commands: Command[], section: Section): Line[] {
  return commands.flatMap(({ key, title, section: of }) =>
    key !== undefined && of === section ? [{ keys: key, title }] : [],
  );
}

function Lines({ title, lines }: { title: string; lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <section aria-label={title} className="break-inside-avoid pt-5">
      <h3 className="text-label text-muted">{title}</h3>
      <dl className="mt-1">
        {lines.map((line) => (
          <div
            key={line.keys}
            className="flex min-h-8 items-center justify-between gap-4 border-line border-b py-1"
          >
            <dt>{line.title}</dt>
            <dd className="shrink-0">
              <Keys keys={line.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
