// How the console looks in this browser: the scheme and the density suit a screen and the room it stands
// in, so they stay here and do not follow a person to another device.
import { density } from "@/lib/density";
import { formatAbsolute } from "@/lib/format";
import { theme } from "@/lib/theme";
import { timeZone } from "@/lib/time-zone";
import { useNow } from "@/lib/use-now";
import { ChoiceCards } from "@/ui/choice-cards";
import { Group, PageHeading, Panel } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { Setting } from "@/ui/setting";
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
      <Times />
    </>
  );
}

function Times() {
  const zone = timeZone.use();
  const now = new Date(useNow()).toISOString();
  return (
    <Panel title="Times">
      <Setting
        title="Exact times"
        hint={`In details, and when you point at a time: ${formatAbsolute(now)}`}
        control={
          <Segmented
            legend="Exact times"
            value={zone}
            onChange={timeZone.set}
            choices={[
              { value: "local", label: "This device's zone" },
              { value: "utc", label: "UTC" },
            ]}
          />
        }
      />
    </Panel>
  );
}
