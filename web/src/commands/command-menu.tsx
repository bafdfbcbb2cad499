// The command menu: everything that can be done here, found by a few letters.
import { flushSync } from "react-dom";
import { type Command, currentCommands, type Section } from "@/lib/commands";
import { withFilter } from "@/lib/place";
import { Foreign } from "@/ui/foreign";
import { Keys } from "@/ui/keys";
import { Modal } from "@/ui/modal";
import { type Option, type OptionGroup, OptionList } from "@/ui/option-list";
import { go } from "@/ui/use-place";

const sections: readonly Section[] = ["Go to", "Callbacks", "Filter", "Console"];

export function CommandMenu({ onClose }: { onClose: () => void }) {
  /** First the menu closes and gives the focus back: a command may want it elsewhere. */
  function choose(run: () => void) {
    flushSync(onClose);
    run();
  }
  function search(text: string): Option {
    return {
      key: "search",
      words: text,
      content: (
        <>
          Search callbacks for “<Foreign text={text} />”
        </>
      ),
      choose: () => choose(() => go((place) => withFilter(place, "q", text))),
    };
  }
  return (
    <Modal
      light
      aria-label="Command menu"
      onClose={onClose}
      className="mt-[min(12vh,6rem)] mb-auto max-h-[min(28rem,80dvh)] max-w-140 overflow-hidden"
    >
      <OptionList
        label="Command"
        placeholder="What do you want to do?"
        groups={groupsOf(currentCommands(), choose)}
        otherwise={search}
        nothing="Nothing fits"
      />
    </Modal>
  );
}

function groupsOf(commands: Command[], choose: (run: () => void) => void): OptionGroup[] {
  const listed = commands.filter((command) => !command.keyOnly && command.run !== null);
  return sections.map((section) => ({
    title: section,
    options: listed
      .filter((command) => command.section === section)
      .map((command) => optionOf(command, choose)),
  }));
}

function optionOf(command: Command, choose: (run: () => void) => void): Option {
  const { id, title, key, run, blocked } = command;
  return {
    key: id,
    words: title,
    content: <Foreign text={title} />,
    blocked: Boolean(blocked),
    trailing: blocked ? (
      <span className="shrink-0 text-label">{blocked}</span>
    ) : key === undefined ? undefined : (
      <Keys keys={key} />
    ),
    choose: () => run && choose(run),
  };
}
