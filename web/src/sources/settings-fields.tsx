// The settings of a source that an admin adds or changes.
import type { SourcePreset } from "@/api/types";
import { TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { type Draft, usualPath } from "./draft";

type Props = {
  name: string;
  presets: readonly SourcePreset[];
  draft: Draft;
  /** What is wrong with the further settings. */
  fault: string | undefined;
  onChange: (part: Partial<Draft>) => void;
};

export function SettingsFields({ name, presets, draft, fault, onChange }: Props) {
  const preset = presets.find((each) => each.name === draft.preset);
  return (
    <>
      <TextField
        label="Title"
        value={draft.title}
        onChange={(event) => onChange({ title: event.target.value })}
        placeholder={preset?.title ?? name}
        hint="What people call it."
        autoComplete="off"
      />
      <TextField
        label="Path"
        value={draft.path}
        onChange={(event) => onChange({ path: event.target.value })}
        placeholder={usualPath(name, preset)}
        hint="Where it posts. Two sources cannot share one."
        autoComplete="off"
        spellCheck={false}
      />
      <TextArea
        label="Further settings, as JSON"
        value={draft.more}
        onChange={(event) => onChange({ more: event.target.value })}
        error={fault}
        placeholder={'{ "job_id": "/render/id", "event": "/kind" }'}
        hint="Whatever a source in the settings file may say; it wins over the preset. Most need none."
        rows={3}
        spellCheck={false}
      />
    </>
  );
}

type PresetProps = {
  presets: readonly SourcePreset[];
  value: string;
  onChange: (preset: string) => void;
};

export function PresetField({ presets, value, onChange }: PresetProps) {
  const none = { value: "", label: "None: it says everything itself" };
  const known = presets.map(({ name, title }) => ({ value: name, label: `${title} (${name})` }));
  return (
    <div>
      <div aria-hidden className="mb-1 font-medium text-label">
        Service
      </div>
      <Select
        label="Service"
        value={value}
        choices={[...known, none]}
        onChange={onChange}
        className="w-full"
      />
    </div>
  );
}
