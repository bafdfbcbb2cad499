// What can be done with the selected callbacks.
import { CheckCheck, Trash2, X } from "lucide-react";
import { deselectAll, type Selection } from "@/api/selection";
import { formatCount } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { ExportMenu } from "./export-menu";
import { useBulkActions } from "./use-bulk-actions";

export function SelectionHead({ selection }: { selection: Selection }) {
  const actions = useBulkActions();
  const ids = [...selection];
  const { remove } = actions;
  return (
    <>
      <div className="flex items-center gap-1">
        <h1 className="sr-only">Callbacks</h1>
        <span role="status" className="font-semibold text-title tracking-tight">
          {formatCount(ids.length)} selected
        </span>
        <IconButton icon={X} label="Clear the selection" onClick={deselectAll} />
      </div>
      <div className="ml-auto flex items-center gap-1.5">
        <Button aria-label="Mark viewed" onClick={() => actions.mark(ids)}>
          <CheckCheck className="size-4" aria-hidden />
          <span className="hidden sm:inline">Mark viewed</span>
        </Button>
        <ExportMenu what={{ ids }} />
        {remove !== null && (
          <Button aria-label="Delete" onClick={() => remove(ids)} className="text-bad">
            <Trash2 className="size-4" aria-hidden />
            <span className="hidden sm:inline">Delete</span>
          </Button>
        )}
      </div>
    </>
  );
}
