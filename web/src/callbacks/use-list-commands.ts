// The list's keys and its entries of the command menu.
import { type Listing, loadedRows } from "@/api/listing";
import { deselectAll, select, useSelection, withAll } from "@/api/selection";
import { type Command, useCommands } from "@/lib/commands";
import type { useActiveRow } from "./use-active-row";
import { useBulkActions } from "./use-bulk-actions";
import type { RowSelection } from "./use-row-selection";

type Props = {
  listing: Listing;
  row: ReturnType<typeof useActiveRow>;
  rowSelection: RowSelection;
  onNewest: () => void;
};

export function useListCommands({ listing, row, rowSelection, onNewest }: Props): void {
  const selection = useSelection();
  const actions = useBulkActions();
  const { active } = row;
  const targets = selection.size > 0 ? [...selection] : active === null ? [] : [active.id];
  const blocked = targets.length === 0 ? "Nothing is selected" : null;

  function pickActive() {
    if (active !== null) rowSelection.pick(active.id, false);
  }
  /** The row that was left counts too: that is where the selection begins. */
  function extend(by: number) {
    if (active !== null && !selection.has(active.id)) pickActive();
    const next = row.move(by);
    if (next !== null && next.id !== active?.id) rowSelection.pick(next.id, true);
  }
  const moves = [
    { id: "next", title: "Next callback", key: "j", run: () => void row.move(1) },
    { id: "previous", title: "Previous callback", key: "k", run: () => void row.move(-1) },
    { id: "open", title: "Open the callback", key: "Enter", run: null },
    { id: "extend-down", title: "Select down to the next", key: "J", run: () => extend(1) },
    { id: "extend-up", title: "Select up to the previous", key: "K", run: () => extend(-1) },
    { id: "select", title: "Select or deselect", key: "x", run: pickActive },
  ].map((command): Command => ({ ...command, section: "Callbacks", keyOnly: true }));

  useCommands([
    ...moves,
    {
      id: "select-shown",
      section: "Callbacks",
      title: "Select all shown",
      key: "a",
      run: () => {
        const ids = loadedRows(listing).map((item) => item.id);
        select((before) => withAll(before, ids, true));
      },
    },
    {
      id: "deselect",
      section: "Callbacks",
      title: "Clear the selection",
      key: "Escape",
      run: deselectAll,
      blocked: selection.size === 0 ? "Nothing is selected" : null,
    },
    {
      id: "mark",
      section: "Callbacks",
      title: "Mark viewed",
      key: "u",
      run: () => actions.mark(targets),
      blocked,
    },
    ...deletion(),
    {
      id: "newest",
      section: "Callbacks",
      title: "Go to the newest",
      key: "t",
      run: onNewest,
    },
  ]);

  function deletion(): Command[] {
    const { remove } = actions;
    if (remove === null) return [];
    return [
      {
        id: "delete",
        section: "Callbacks",
        title: "Delete",
        key: "Delete",
        run: () => remove(targets),
        blocked,
      },
    ];
  }
}
