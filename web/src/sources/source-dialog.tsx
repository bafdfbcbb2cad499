// Adding a source: which service, under which name, with which secret. At the end it is shown what to paste at the
// service; a secret that was made up is shown there, once.
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { useAddSource } from "@/api/source-changes";
import { useSources } from "@/api/sources";
import type { AddedSource, SourcePreset } from "@/api/types";
import { BusyButton, Button } from "@/ui/button";
import { Copyable } from "@/ui/copyable";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { FormError } from "@/ui/form-error";
import { PasswordField } from "@/ui/password-field";
import { type Draft, draftOf, settingsOf } from "./draft";
import { noSecret, SecretFields, secretFault, secretOf } from "./secret-fields";
import { PresetField, SettingsFields } from "./settings-fields";

type Props = { presets: readonly SourcePreset[]; onClose: () => void };
type Faults = { name?: string | undefined; secret?: string | undefined; more?: string | undefined };

export function SourceDialog({ presets, onClose }: Props) {
  const add = useAddSource();
  const [name, setName] = useState("");
  const [draft, setDraft] = useState<Draft>(draftOf({ preset: presets[0]?.name }));
  const [secret, setSecret] = useState(noSecret);
  const [fetchKey, setFetchKey] = useState("");
  const [faults, setFaults] = useState<Faults>({});
  const preset = presets.find((each) => each.name === draft.preset);
  const shares = preset?.sharesSecret ?? true;

  function change(part: Partial<Draft>) {
    setDraft({ ...draft, ...part });
    setFaults({});
    add.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    const settings = settingsOf(draft);
    const found: Faults = {
      name: name.trim() === "" ? "Its name stands in lists and in its path" : undefined,
      secret: shares ? secretFault(secret) : undefined,
      more: settings === null ? "This is no JSON object" : undefined,
    };
    setFaults(found);
    if (settings === null || Object.values(found).some(Boolean)) return;
    add.mutate({
      name: name.trim(),
      settings,
      enabled: true,
      ...(shares ? secretOf(secret) : {}),
      ...(preset?.fetches && fetchKey.trim() !== "" ? { fetchKey: fetchKey.trim() } : {}),
    });
  }
  if (add.isSuccess) {
    return <AddedDialog added={add.data} onClose={onClose} />;
  }
  return (
    <Dialog title="Add source" busy={add.isPending} onClose={onClose} className="max-w-120">
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <FormError error={add.error} />
        <PresetField
          presets={presets}
          value={draft.preset}
          onChange={(chosen) => change({ preset: chosen })}
        />
        <TextField
          label="Name"
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setFaults({});
            add.reset();
          }}
          error={faults.name}
          placeholder={draft.preset || "renderer"}
          hint="Lower-case letters, digits and hyphens. It cannot be changed later."
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
        />
        {shares && (
          <SecretFields
            draft={secret}
            fault={faults.secret}
            onChange={(next) => {
              setSecret(next);
              setFaults({});
              add.reset();
            }}
          />
        )}
        {preset?.fetches && (
          <PasswordField
            label="Key of the service's API"
            value={fetchKey}
            onChange={(text) => {
              setFetchKey(text);
              add.reset();
            }}
            hint="Its callbacks only name an object; with a key it is fetched. It can also be set later."
            autoComplete="off"
          />
        )}
        <SettingsFields
          name={name.trim()}
          presets={presets}
          draft={draft}
          fault={faults.more}
          onChange={change}
        />
        <DialogActions>
          <Button onClick={onClose} disabled={add.isPending}>
            Cancel
          </Button>
          <BusyButton type="submit" look="primary" busy={add.isPending}>
            Add source
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

type AddedProps = { added: AddedSource; onClose: () => void };

function AddedDialog({ added: { name, secret }, onClose }: AddedProps) {
  const [, navigate] = useLocation();
  const url = useSources()?.find((source) => source.name === name)?.url;
  function done() {
    onClose();
    navigate(`/sources/${encodeURIComponent(name)}`);
  }
  return (
    <Dialog
      title={`${name} receives callbacks now`}
      description={
        secret === null
          ? "Paste this where the service asks for the address of its webhook."
          : "Both go to the service; the source's page says where. The secret is not shown again."
      }
      onClose={done}
      className="max-w-140"
    >
      <div className="mt-4 space-y-4">
        {url !== undefined && <Copyable label="URL" text={url} />}
        {secret !== null && <Copyable label="Secret" text={secret} />}
      </div>
      <DialogActions>
        <Button look="primary" onClick={done}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
