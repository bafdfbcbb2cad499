// The zone in which this browser shows exact times: its own, or UTC, which logs and other people use.
import { browserChoice } from "./browser-choice";

export const timeZone = browserChoice("zone", ["local", "utc"]);

/** Formats moments in the zone that is chosen, also when that changes while the page lives. */
export function inChosenZone(options: Intl.DateTimeFormatOptions): (ms: number) => string {
  const local = new Intl.DateTimeFormat("en-GB", options);
  const utc = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  return (ms) => (timeZone.read() === "utc" ? utc : local).format(ms);
}
