// What the bar of a window offers for its callback: going on to the next one in the list, its link, and
// deleting it.
import { ArrowDown, ArrowUp, Ellipsis, Link2, Trash2 } from "lucide-react";
import { useRef } from "react";
import { toast } from "sonner";
import { useDeleteMany } from "@/api/bulk";
import { readFilters } from "@/api/filters";
import { type Towards, useNeighbour } from "@/api/neighbours";
import { useRole } from "@/api/role";
import type { CallbackDetail } from "@/api/types";
import { copyText } from "@/lib/copy-text";
import { reveal } from "@/lib/reveal";
import { ask } from "@/ui/confirm";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/ui/menu";
import { usePlace } from "@/ui/use-place";
import { BarButton } from "./bar-button";

type Props = {
  /** Null while it is being loaded: the buttons stay, and keep the focus. */
  callback: CallbackDetail | null;
  onOther: (id: string) => void;
  onClose: () => void;
};

export function WindowActions({ callback, onOther, onClose }: Props) {
  const neighbour = useNeighbour(readFilters(usePlace().search));

  async function goOn(towards: Towards) {
    if (callback === null) return;
    try {
      const next = await neighbour(callback.cursor, towards);
      if (next === null) toast.info(`There is no ${towards} callback in this list.`, { id: "end" });
      else onOther(next);
    } catch (error) {
      toast.error(`The ${towards} callback could not be found`, {
        description: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return (
    <>
      <BarButton icon={ArrowUp} label="Newer callback" onClick={() => void goOn("newer")} />
      <BarButton icon={ArrowDown} label="Older callback" onClick={() => void goOn("older")} />
      {callback && <MoreMenu callback={callback} onClose={onClose} />}
    </>
  );
}

type MenuProps = { callback: CallbackDetail; onClose: () => void };

function MoreMenu({ callback, onClose }: MenuProps) {
  const isAdmin = useRole() === "ADMIN";
  const deleteMany = useDeleteMany();
  const button = useRef<HTMLButtonElement>(null);

  async function copyLink() {
    const link = new URL(`/callbacks/${callback.id}`, location.href).href;
    if (await copyText(link)) toast.success("The link is on the clipboard.");
    else toast.info(link);
  }
  function askToDelete() {
    ask({
      title: "Delete this callback?",
      detail: `${reveal(callback.callbackId)} is gone for good, for everybody. If the sender repeats it within 30 days, it stays gone.`,
      action: "Delete",
      run: async () => {
        await deleteMany([callback.id]);
        onClose();
      },
    });
  }
  return (
    <Menu modal={false}>
      <MenuTrigger asChild>
        <BarButton ref={button} icon={Ellipsis} label="More actions" />
      </MenuTrigger>
      <MenuContent align="end" within={button.current?.closest<HTMLElement>("[aria-modal=true]")}>
        <MenuItem onSelect={() => void copyLink()}>
          <Link2 className="size-4 text-muted" aria-hidden />
          Copy link
        </MenuItem>
        {isAdmin && (
          <MenuItem onSelect={askToDelete} className="text-bad">
            <Trash2 className="size-4" aria-hidden />
            Delete…
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  );
}
