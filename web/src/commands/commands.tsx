// Keys, the command menu and the list of keys, for every page of a signed-in person.
import { useEffect } from "react";
import { navigate } from "wouter/use-browser-location";
import { type Command, useCommands } from "@/lib/commands";
import { CommandMenu } from "./command-menu";
import { hearKeys } from "./hear-keys";
import { KeysDialog } from "./keys-dialog";
import { show, useOverlay } from "./overlay";

export function Commands({ pages }: { pages: readonly { title: string; href: string }[] }) {
  const overlay = useOverlay();
  useEffect(hearKeys, []);
  // Whoever signs out leaves nothing open for the next.
  useEffect(() => () => show(null), []);
  useCommands([...pages.map(pageCommand), ...own]);
  const close = () => show(null);

  if (overlay === "menu") return <CommandMenu onClose={close} />;
  if (overlay === "keys") return <KeysDialog onClose={close} />;
  return null;
}

const own: readonly Command[] = [
  { id: "menu", section: "Console", title: "Command menu", key: "Mod+K", run: null },
  {
    id: "keys",
    section: "Console",
    title: "Show the keys",
    key: "?",
    everywhere: true,
    run: () => show("keys"),
  },
];

function pageCommand({ title, href }: { title: string; href: string }): Command {
  return { id: `page:${href}`, section: "Go to", title, run: () => navigate(href) };
}
