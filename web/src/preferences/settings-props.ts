// What each group of settings gets.
import type { Preferences } from "@/api/preferences/document";
import type { ChangePreferences } from "@/api/preferences/use-preferences";

export type SettingsProps = {
  preferences: Preferences;
  change: (change: ChangePreferences) => void;
};
