// What can be done with a source that an admin has added.
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { useChangeSource, useRemoveSource } from "@/api/source-changes";
import type { Source, SourcePreset } from "@/api/types";
import { BusyButton, Button } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { FormError } from "@/ui/form-error";
import { EditDialog } from "./edit-dialog";

type Props = {
  source: Source;
  added: NonNullable<Source["added"]>;
  presets: readonly SourcePreset[];
};

export function SourceActions({ source, added, presets }: Props) {
  const { name } = source;
  const [, navigate] = useLocation();
  const change = useChangeSource(name);
  const removal = useRemoveSource(name);
  const [editing, setEditing] = useState(false);
  const { version, settings, enabled } = added;

  function remove() {
    ask({
      title: `Remove the source ${name}?`,
      detail:
        "With its secrets: its sender is answered 404 from now on. What it has sent stays. This cannot be undone.",
      action: "Remove",
      run: async () => {
        await removal.mutateAsync();
        navigate("/sources");
      },
    });
  }
  return (
    <div className="mb-6">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setEditing(true)}>
          <Pencil className="size-4" aria-hidden />
          Change
        </Button>
        <BusyButton
          busy={change.isPending}
          onClick={() => change.mutate({ version, settings, enabled: !enabled })}
        >
          {enabled ? "Turn off" : "Turn on"}
        </BusyButton>
        <Button onClick={remove}>Remove</Button>
      </div>
      <FormError error={change.error} className="mt-2" />
      {editing && (
        <EditDialog
          source={source}
          added={added}
          presets={presets}
          onClose={() => setEditing(false)}
        />
      )}
    </div>
  );
}
