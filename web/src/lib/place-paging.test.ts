// Pages of the list as the URL spells them.
import { describe, expect, test } from "vitest";
import { readPlace, withFilter } from "./place";
import { readPaging, withPage, withPageSize } from "./place-paging";

const paging = (search: string) => readPaging(new URLSearchParams(search));
const place = (search: string) => readPlace("/", search);

describe("a URL", () => {
  test("without a size is a list that goes on, whatever page it names", () => {
    expect(paging("")).toEqual({ size: null, at: null });
    expect(paging("before=7")).toEqual({ size: null, at: null });
  });

  test("with a size is its newest page, or the one below or above a cursor", () => {
    expect(paging("size=25")).toEqual({ size: 25, at: null });
    expect(paging("size=25&before=7")).toEqual({ size: 25, at: { before: "7" } });
    expect(paging("size=10&after=7")).toEqual({ size: 10, at: { after: "7" } });
    expect(paging("size=10&before=8&after=7")).toEqual({ size: 10, at: { before: "8" } });
  });

  test.each(["size=11", "size=", "size=25.0", "size=025"])("%s is no size", (search) => {
    expect(paging(search)).toEqual({ size: null, at: null });
  });

  test.each(["-1", "", "1.5", "x", "12345678901234567890"])("%s is no cursor", (cursor) => {
    expect(paging(`size=25&before=${cursor}&after=${cursor}`)).toEqual({ size: 25, at: null });
  });
});

test("a page takes the place of the one before it, and leaves the filters", () => {
  const below = withPage(place("size=25&status=error&after=3"), { before: "9" });
  expect(String(below.search)).toBe("size=25&status=error&before=9");
  expect(String(withPage(below, null).search)).toBe("size=25&status=error");
});

test("another size, or another filter, begins at the newest page", () => {
  const deep = place("size=25&before=9");
  expect(String(withPageSize(deep, 100).search)).toBe("size=100");
  expect(String(withPageSize(deep, null).search)).toBe("");
  expect(String(withFilter(deep, "status", "error").search)).toBe("size=25&status=error");
});
