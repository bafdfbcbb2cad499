// Coming back after signing in, and going nowhere else.
import { expect, test } from "vitest";
import { readReturn, signInPath } from "./return-path";

test("comes back to where a person was going", () => {
  const path = signInPath("/callbacks/1", "status=error");
  expect(readReturn(path.split("?")[1] ?? "")).toBe("/callbacks/1?status=error");
  expect(signInPath("/", "")).toBe("/sign-in");
});

test.each([
  "//elsewhere.example",
  "/\\elsewhere.example",
  "https://elsewhere.example",
  "/sign-in",
  "",
])("goes nowhere else: %s", (to) => expect(readReturn(`to=${encodeURIComponent(to)}`)).toBe("/"));
