// Marking and deleting what is selected, asked for by a button or by a key.

import { toast } from "sonner";
import { useDeleteMany, useMarkMany } from "@/api/bulk";
import { useRole } from "@/api/role";
import { formatCount } from "@/lib/format";
import { ask } from "@/ui/confirm";

export type BulkActions = {
  mark: (ids: readonly string[]) => void;
  /** Null for whoever may not delete. */
  remove: ((ids: readonly string[]) => void) | null;
};

export function useBulkActions(): BulkActions {
  const isAdmin = useRole() === "ADMIN";
  const markMany = useMarkMany();
  const deleteMany = useDeleteMany();

  function mark(ids: readonly string[]) {
    markMany(ids).catch((error: Error) =>
      toast.error("Could not mark as viewed", { description: error.message }),
    );
  }
  function remove(ids: readonly string[]) {
    if (ids.length === 0) return;
    ask({
      title: `Delete ${callbacks(ids.length)}?`,
      detail:
        "What was received is gone for good, for everybody. If the sender repeats it within 30 days, it stays gone.",
      action: "Delete",
      run: () => deleteMany(ids),
    });
  }
  return { mark, remove: isAdmin ? remove : null };
}

function callbacks(count: number): string {
  return count === 1 ? "this callback" : `${formatCount(count)} callbacks`;
}
