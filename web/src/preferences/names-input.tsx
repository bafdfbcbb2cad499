// A list of names: those chosen, those that could be, and a field for those that have never been seen.
import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { nameLengthMax, namesMax } from "@/api/preferences/document";
import { cn } from "@/lib/cn";
import { Button } from "@/ui/button";
import { inputLook } from "@/ui/field";
import { Foreign } from "@/ui/foreign";

type Props = {
  label: string;
  /** What one of them is called. */
  one: string;
  names: readonly string[];
  known: readonly string[];
  disabled: boolean;
  whenEmpty: { text: string; isOdd: boolean };
  onChange: (names: string[]) => void;
};

// More are found by typing.
const offeredMax = 8;

export function NamesInput(props: Props) {
  const { label, one, names, known, disabled, whenEmpty, onChange } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const typed = text.trim();
  const full = names.length >= namesMax;
  const fitting = known.filter(
    (name) => !names.includes(name) && name.toLowerCase().includes(typed.toLowerCase()),
  );

  function add(name: string) {
    setText("");
    // What was pressed goes: the next name is typed here.
    field.current?.focus();
    if (name !== "" && !names.includes(name) && !full) onChange([...names, name]);
  }
  function remove(name: string) {
    field.current?.focus();
    onChange(names.filter((other) => other !== name));
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && text === "") {
      const last = names.at(-1);
      if (last !== undefined) remove(last);
    }
  }

  return (
    <fieldset disabled={disabled} className="mt-3 min-w-0 disabled:opacity-55">
      <legend className="sr-only">{label}</legend>
      {names.length === 0 && (
        <p className={cn("mb-2 text-label", whenEmpty.isOdd ? "text-warn" : "text-muted")}>
          {whenEmpty.text}
        </p>
      )}
      {names.length > 0 && (
        <ul aria-label={label} className="mb-2 flex flex-wrap gap-1.5">
          {names.map((name) => (
            <li key={name} className={cn(chip, "bg-accent-soft pl-2.5 text-accent")}>
              <Foreign text={name} className="truncate font-medium" />
              <button
                type="button"
                aria-label={`Remove ${name}`}
                onClick={() => remove(name)}
                className="inline-flex size-7 shrink-0 items-center justify-center rounded-full"
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex max-w-100 gap-2">
        <label htmlFor={id} className="sr-only">
          {`Name of a ${one}`}
        </label>
        <input
          ref={field}
          id={id}
          value={text}
          maxLength={nameLengthMax}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          placeholder={`Name of a ${one}`}
          autoComplete="off"
          spellCheck={false}
          className={cn(inputLook, "min-w-0 flex-1")}
        />
        <Button
          className="h-9"
          onClick={() => add(typed)}
          blocked={
            full ? `A rule holds ${namesMax} names` : typed === "" ? "Type a name first" : null
          }
        >
          Add
        </Button>
      </div>
      {fitting.length > 0 && !full && (
        <ul aria-label={`Seen so far`} className="mt-2 flex flex-wrap gap-1.5">
          {fitting.slice(0, offeredMax).map((name) => (
            <li key={name} className="max-w-full">
              <button
                type="button"
                aria-label={`Add ${name}`}
                onClick={() => add(name)}
                className={cn(
                  chip,
                  "border border-line border-dashed px-2.5 text-muted hover:border-line-strong hover:text-ink",
                )}
              >
                <Plus className="size-3 shrink-0" aria-hidden />
                <Foreign text={name} className="truncate" />
              </button>
            </li>
          ))}
          {fitting.length > offeredMax && (
            <li className="self-center text-label text-muted">
              and {fitting.length - offeredMax} more: type to find them
            </li>
          )}
        </ul>
      )}
    </fieldset>
  );
}

const chip = "inline-flex h-7 max-w-full items-center gap-1 rounded-full text-label";
