// The head of the table: what the columns are, and selecting all that is shown.

import { select, useSelection, withAll } from "@/api/selection";
import type { HistoryItem } from "@/api/types";
import { cn } from "@/lib/cn";
import { Checkbox } from "@/ui/checkbox";
import { columns, headings } from "./columns";

type Props = { cards: boolean; rows: () => HistoryItem[] };

export function ListHead({ cards, rows }: Props) {
  return (
    <div role="rowgroup" className="sticky top-0 z-20 bg-surface">
      <div
        role="row"
        aria-rowindex={1}
        className={cn(
          "h-9 border-line border-b text-label text-muted",
          cards ? "flex items-center pl-1" : columns,
        )}
      >
        <div role="columnheader" aria-label="Selected" className={cards ? undefined : "-ml-2"}>
          <SelectShown rows={rows} showLabel={cards} />
        </div>
        {headings.map(({ text, className }) => (
          <div key={text} role="columnheader" className={cards ? "sr-only" : className}>
            {text}
          </div>
        ))}
      </div>
    </div>
  );
}

type SelectProps = { rows: Props["rows"]; showLabel: boolean };

function SelectShown({ rows, showLabel }: SelectProps) {
  const selection = useSelection();
  const ids = selection.size === 0 ? [] : rows().map((item) => item.id);
  const selected = ids.filter((id) => selection.has(id)).length;
  const all = selected > 0 && selected === ids.length;

  function toggle() {
    const shown = rows().map((item) => item.id);
    select((before) => withAll(before, shown, !all));
  }
  return (
    <Checkbox
      label="Select all shown"
      checked={all}
      mixed={selected > 0 && !all}
      showLabel={showLabel}
      onChange={toggle}
    />
  );
}
