// Windows and filters as the URL spells them.
import { expect, test } from "vitest";
import {
  asideFor,
  type Place,
  readPlace,
  withFilter,
  withFront,
  withOther,
  withoutWindow,
  writePlace,
} from "./place";

function after(url: string, change: (place: Place) => Place): string {
  const [pathname = "/", search = ""] = url.split("?");
  return writePlace(change(readPlace(pathname, search)));
}

test("a link to a callback opens its window and keeps the filters", () => {
  expect(after("/?status=error", (place) => withFront(place, "a"))).toBe(
    "/callbacks/a?status=error",
  );
});

test("a second window leaves the first open behind it", () => {
  expect(after("/callbacks/a", (place) => withFront(place, "b"))).toBe("/callbacks/b?open=a");
  expect(after("/callbacks/b?open=a", (place) => withFront(place, "a"))).toBe(
    "/callbacks/a?open=b",
  );
});

test("closing brings back the window used before", () => {
  const close = (id: string) => (place: Place) => withoutWindow(place, id);
  expect(after("/callbacks/c?open=a,b", close("c"))).toBe("/callbacks/b?open=a");
  expect(after("/callbacks/c?open=a,b", close("a"))).toBe("/callbacks/c?open=b");
  expect(after("/callbacks/c", close("c"))).toBe("/");
});

test("a window put aside stays open", () => {
  expect(after("/callbacks/a", (place) => asideFor(place, "a", null))).toBe("/?open=a");
  expect(after("/callbacks/b?open=a", (place) => asideFor(place, "b", "a"))).toBe(
    "/callbacks/a?open=b",
  );
});

test("a window goes on to another callback in its place", () => {
  const goOn = (other: string) => (place: Place) => withOther(place, "b", other);
  expect(after("/callbacks/b?status=error&open=a", goOn("c"))).toBe(
    "/callbacks/c?status=error&open=a",
  );
  expect(after("/callbacks/a?open=b", goOn("c"))).toBe("/callbacks/a?open=c");
  expect(after("/callbacks/b?open=a", goOn("a"))).toBe("/callbacks/a?open=b");
});

test("the oldest window gives way to the ninth", () => {
  const opened = "/callbacks/h?open=a,b,c,d,e,f,g";
  expect(after(opened, (place) => withFront(place, "i"))).toBe("/callbacks/i?open=b,c,d,e,f,g,h");
});

test("filters are set and taken away", () => {
  expect(after("/", (place) => withFilter(place, "q", "a b"))).toBe("/?q=a+b");
  expect(after("/?q=a", (place) => withFilter(place, "q", ""))).toBe("/");
});
