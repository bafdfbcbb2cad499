// Which callbacks are toasted at all: by source, workflow and event.
import { useId } from "react";
import { useFacets } from "@/api/facets";
import type { Rule, RuleName } from "@/api/preferences/document";
import { Panel } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { Setting } from "@/ui/setting";
import { Switch } from "@/ui/switch";
import { NamesInput } from "./names-input";
import type { SettingsProps } from "./settings-props";

export function ToastSettings({ preferences: { toasts }, change }: SettingsProps) {
  const id = useId();
  const facets = useFacets();
  const set = (next: Partial<typeof toasts>) =>
    change((before) => ({ ...before, toasts: { ...before.toasts, ...next } }));
  return (
    <Panel title="Toasts" about="What is left out still arrives in the list, and counts as unread.">
      <Setting
        title="Show toasts"
        hint="In the corner of the page, for ten seconds. Sound and notifications follow them."
        htmlFor={`${id}-on`}
        control={<Switch id={`${id}-on`} checked={toasts.on} onChange={(on) => set({ on })} />}
      />
      {rules.map(({ name, ...rest }) => (
        <RuleSetting
          key={name}
          {...rest}
          rule={toasts[name]}
          known={facets[name]}
          disabled={!toasts.on}
          onChange={(rule) => set({ [name]: rule })}
        />
      ))}
      <Setting
        title="Invalid signatures"
        hint="In red, whatever workflow and event they claim to be of: a forger could choose them."
        htmlFor={`${id}-alarms`}
        control={
          <Switch
            id={`${id}-alarms`}
            aria-describedby={`${id}-alarms-hint`}
            checked={toasts.alarms}
            disabled={!toasts.on}
            onChange={(alarms) => set({ alarms })}
          />
        }
      />
    </Panel>
  );
}

const rules: readonly { name: RuleName; title: string; one: string; hint: string }[] = [
  { name: "sources", title: "Sources", one: "source", hint: "Who sends." },
  { name: "workflows", title: "Workflows", one: "workflow", hint: "What is being done." },
  { name: "events", title: "Events", one: "event", hint: "What happened to it." },
];

const modes = [
  { value: "all", label: "All" },
  { value: "only", label: "Only" },
  { value: "except", label: "All but" },
] as const;

type RuleProps = {
  title: string;
  one: string;
  hint: string;
  rule: Rule;
  known: readonly string[];
  disabled: boolean;
  onChange: (rule: Rule) => void;
};

function RuleSetting({ title, one, hint, rule, known, disabled, onChange }: RuleProps) {
  return (
    <Setting
      title={title}
      hint={hint}
      control={
        <Segmented
          legend={`${title} that are toasted`}
          choices={modes}
          value={rule.mode}
          onChange={(mode) => onChange({ ...rule, mode })}
          disabled={disabled}
        />
      }
    >
      {rule.mode !== "all" && (
        <NamesInput
          label={rule.mode === "only" ? `${title} to toast` : `${title} to leave out`}
          one={one}
          names={rule.names}
          known={known}
          disabled={disabled}
          onChange={(names) => onChange({ ...rule, names })}
          whenEmpty={
            rule.mode === "only"
              ? { text: "Nothing is named, so nothing is toasted.", isOdd: true }
              : { text: "Nothing is named, so nothing is left out.", isOdd: false }
          }
        />
      )}
    </Setting>
  );
}
