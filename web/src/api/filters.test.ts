// Filters as the URL spells them.
import { expect, test } from "vitest";
import { readFilters } from "./filters";

test("reads the filters it knows and leaves out what it does not", () => {
  const search = new URLSearchParams("status=error&status=x&q=hello&viewed=maybe&page=3&job=a%20b");
  expect(readFilters(search)).toEqual({ status: "error", q: "hello", job: "a b" });
});
