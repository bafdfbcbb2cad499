// A filter with a few values that never change.
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/ui/menu";
import { type ChoiceName, choices as filters } from "./choices";
import { FilterButton } from "./filter-button";
import { setFilter } from "./set-filter";

type Props = { name: ChoiceName; value: string | undefined };

export function ChoiceFilter({ name, value }: Props) {
  const { label, choices } = filters[name];
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <Menu modal={false}>
      <MenuTrigger asChild>
        <FilterButton label={label} chosen={chosen?.label ?? null} />
      </MenuTrigger>
      <MenuContent align="start">
        <MenuRadioGroup value={value ?? ""} onValueChange={(next) => setFilter(name, next || null)}>
          <MenuRadioItem value="">Any</MenuRadioItem>
          {choices.map((choice) => (
            <MenuRadioItem key={choice.value} value={choice.value}>
              {choice.label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}
