// A field with the options that fit what is typed into it: the command menu, and choosing among many.
// The focus stays in the field; arrows move through the options, as screen readers expect of a combobox.
import { Check, Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { cn } from "@/lib/cn";
import { findByWords } from "@/lib/words";

export type Option = {
  key: string;
  /** What it is found by. */
  words: string;
  content: ReactNode;
  trailing?: ReactNode;
  chosen?: boolean;
  blocked?: boolean;
  choose: () => void;
};
export type OptionGroup = { title: string; options: readonly Option[] };

type Props = {
  label: string;
  placeholder: string;
  groups: readonly OptionGroup[];
  /** Offered after what was found, for a text that is none of the options. */
  otherwise?: (text: string) => Option | null;
  nothing: string;
  className?: string;
};

// More would not be read; typing narrows them.
const shownMax = 50;

export function OptionList({ label, placeholder, groups, otherwise, nothing, className }: Props) {
  const id = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const shown = fitting(groups, text, otherwise);
  const options = shown.flatMap((group) => group.options);
  const current = options[Math.min(active, options.length - 1)];
  const idOf = (option: Option) => `${id}-${options.indexOf(option)}`;
  const currentId = current && idOf(current);

  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: "nearest" });
  }, [currentId]);

  function press(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && options.length > 0) {
      event.preventDefault();
      setActive((Math.min(active, options.length - 1) + step + options.length) % options.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (current && !current.blocked) current.choose();
    }
  }

  return (
    <div className={cn("flex min-h-0 flex-col", className)}>
      <label className="relative block shrink-0 border-line border-b">
        <Search className="absolute top-3 left-3 size-4 text-muted" aria-hidden />
        <input
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={currentId}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={placeholder}
          onKeyDown={press}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          className="h-10 w-full bg-transparent pr-3 pl-9 outline-none placeholder:text-muted"
        />
      </label>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        className="min-h-0 overflow-y-auto p-1"
      >
        {shown.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            {group.title !== "" && (
              <div aria-hidden className="px-2 pt-2 pb-1 text-label text-muted">
                {group.title}
              </div>
            )}
            {group.options.map((option) => (
              <OptionRow
                key={option.key}
                id={idOf(option)}
                option={option}
                active={option === current}
                onPoint={() => setActive(options.indexOf(option))}
              />
            ))}
          </div>
        ))}
        {options.length === 0 && <div className="px-2 py-6 text-center text-muted">{nothing}</div>}
      </div>
    </div>
  );
}

type RowProps = { id: string; option: Option; active: boolean; onPoint: () => void };

function OptionRow({ id, option, active, onPoint }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard in the field, which keeps the focus
    <div
      id={id}
      role="option"
      aria-selected={active}
      aria-disabled={option.blocked || undefined}
      onPointerMove={active ? undefined : onPoint}
      onPointerDown={(event) => event.preventDefault()}
      onClick={option.blocked ? undefined : option.choose}
      className={cn(
        "flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 py-1",
        active && "bg-hover",
        option.blocked && "cursor-default text-muted",
      )}
    >
      <span className="min-w-0 flex-1 truncate">{option.content}</span>
      {option.trailing}
      {option.chosen && (
        <>
          <Check className="size-4 shrink-0 text-accent" aria-hidden />
          <span className="sr-only">chosen</span>
        </>
      )}
    </div>
  );
}

function fitting(
  groups: readonly OptionGroup[],
  text: string,
  otherwise: Props["otherwise"],
): OptionGroup[] {
  const found = groups.flatMap((group) => {
    const options = findByWords(group.options, text, (option) => option.words).slice(0, shownMax);
    return options.length === 0 ? [] : [{ title: group.title, options }];
  });
  const typed = text.trim();
  const other = typed === "" ? null : (otherwise?.(typed) ?? null);
  return other === null ? found : [...found, { title: "", options: [other] }];
}
