// How much room a row takes on this browser's screen. Style sheets go by `data-density` on the root;
// lists that place their rows themselves ask here.
import { browserChoice } from "./browser-choice";

export const density = browserChoice("density", ["comfortable", "compact"]);
export type Density = ReturnType<typeof density.read>;

density.watch(() => {
  document.documentElement.dataset.density = density.read();
});
