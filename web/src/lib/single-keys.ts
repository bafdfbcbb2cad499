// Whether single letters do things. Who speaks to a computer, or leans on the keyboard, turns them off.
import { browserChoice } from "./browser-choice";

export const singleKeys = browserChoice("single-keys", ["on", "off"]);
