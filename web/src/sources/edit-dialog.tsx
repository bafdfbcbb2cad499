// Changing the settings of a source that an admin has added.
import { type FormEvent, useState } from "react";
import { useChangeSource } from "@/api/source-changes";
import type { Source, SourcePreset } from "@/api/types";
import { BusyButton, Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormError } from "@/ui/form-error";
import { draftOf, settingsOf } from "./draft";
import { PresetField, SettingsFields } from "./settings-fields";

type Props = {
  source: Source;
  added: NonNullable<Source["added"]>;
  presets: readonly SourcePreset[];
  onClose: () => void;
};

export function EditDialog({ source: { name }, added, presets, onClose }: Props) {
  const { mutate, isPending, error } = useChangeSource(name);
  // As it was when it was opened: whoever was faster is not overwritten, but told.
  const [begun] = useState(added);
  const [draft, setDraft] = useState(draftOf(begun.settings));
  const [fault, setFault] = useState<string>();

  function submit(event: FormEvent) {
    event.preventDefault();
    const settings = settingsOf(draft);
    if (settings === null) setFault("This is no JSON object");
    else {
      const { version, enabled } = begun;
      mutate({ version, enabled, settings }, { onSuccess: onClose });
    }
  }
  return (
    <Dialog title={`Change ${name}`} busy={isPending} onClose={onClose} className="max-w-120">
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={error} />
        <PresetField
          presets={presets}
          value={draft.preset}
          onChange={(preset) => setDraft({ ...draft, preset })}
        />
        <SettingsFields
          name={name}
          presets={presets}
          draft={draft}
          fault={fault}
          onChange={(part) => {
            setDraft({ ...draft, ...part });
            setFault(undefined);
          }}
        />
        <DialogActions>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={isPending}>
            Save
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}
