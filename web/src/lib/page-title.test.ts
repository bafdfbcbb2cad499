// What stands in the tab.
import { expect, test } from "vitest";
import { composeTitle } from "./page-title";

test.each([
  ["", "", "callbackd"],
  ["", "Sources", "Sources – callbackd"],
  ["(3)", "Sources", "(3) Sources – callbackd"],
  ["(3)", "", "(3) callbackd"],
])("the title of %j and %j is %j", (prefix, page, title) =>
  expect(composeTitle(prefix, page)).toBe(title),
);
