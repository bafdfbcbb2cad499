// How the console looks in this browser: the scheme and the density suit a screen and the room it stands
// in, so they stay here and do not follow a person to another device.
import { density } from "@/lib/density";
import { theme } from "@/lib/theme";
import { ChoiceCards } from "@/ui/choice-cards";
import { Group, PageHeading } from "@/ui/section";
import { DensityPicture, ThemePicture } from "./pictures";

export function AppearanceSection() {
  const scheme = theme.use();
  const room = density.use();
  return (
    <>
      <PageHeading
        title="Appearance"
        about="Kept in this browser: it suits a screen, not a person."
      />
      <Group title="Colours">
        <ChoiceCards
          legend="Colours"
          quiet
          name="theme"
          value={scheme}
          onChange={theme.set}
          className="grid-cols-3"
          choices={[
            { value: "system", label: "System", picture: <ThemePicture scheme="system" /> },
            { value: "light", label: "Light", picture: <ThemePicture scheme="light" /> },
            { value: "dark", label: "Dark", picture: <ThemePicture scheme="dark" /> },
          ]}
        />
      </Group>
      <Group title="Density" about="How much room a row of a list takes.">
        <ChoiceCards
          legend="Density"
          quiet
          name="density"
          value={room}
          onChange={density.set}
          className="grid-cols-2 sm:grid-cols-3"
          choices={[
            { value: "comfortable", label: "Comfortable", picture: <DensityPicture rows={4} /> },
            { value: "compact", label: "Compact", picture: <DensityPicture rows={6} /> },
          ]}
        />
      </Group>
    </>
  );
}
