// A filter whose values are what senders have sent: a source, a workflow, an event.
import { useState } from "react";
import type { FilterName } from "@/api/filters";
import { Foreign } from "@/ui/foreign";
import { type Option, OptionList } from "@/ui/option-list";
import { Popover, PopoverContent, PopoverTrigger } from "@/ui/popover";
import { FilterButton } from "./filter-button";
import { setFilter } from "./set-filter";

type Props = {
  name: FilterName;
  label: string;
  values: readonly string[];
  value: string | undefined;
};

export function FacetFilter({ name, label, values, value }: Props) {
  const [open, setOpen] = useState(false);

  function choose(next: string | null) {
    setOpen(false);
    setFilter(name, next);
  }
  function option(text: string): Option {
    return {
      key: `=${text}`,
      words: text,
      content: <Foreign text={text} />,
      chosen: text === value,
      choose: () => choose(text),
    };
  }
  const any: Option = {
    key: "any",
    words: "any",
    content: "Any",
    chosen: value === undefined,
    choose: () => choose(null),
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <FilterButton label={label} chosen={value ?? null} />
      </PopoverTrigger>
      <PopoverContent aria-label={`Filter by ${label.toLowerCase()}`}>
        <OptionList
          label={label}
          placeholder={`Find a ${label.toLowerCase()}`}
          groups={[{ title: "", options: [any, ...values.map(option)] }]}
          otherwise={(text) =>
            values.includes(text)
              ? null
              : { ...option(text), content: <Typed text={text} />, chosen: false }
          }
          nothing="None has been received yet"
        />
      </PopoverContent>
    </Popover>
  );
}

function Typed({ text }: { text: string }) {
  return (
    <>
      Only “<Foreign text={text} />”
    </>
  );
}
