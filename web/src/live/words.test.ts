// The states of the connection in words.
import { expect, test } from "vitest";
import { liveWords } from "./words";

test("counts down to the next attempt, and never below it", () => {
  const at = (atMs: number) => liveWords({ kind: "reconnecting", atMs }, 10_000);
  expect(at(12_400).text).toBe("Reconnecting in 3 s");
  expect(at(12_400).spoken).toBe("Reconnecting");
  expect(at(10_000).text).toBe("Reconnecting");
  expect(at(5_000).short).toBe("Retrying");
});

test("says why it is signed out", () => {
  const words = liveWords({ kind: "signed-out", reason: "role_removed" }, 0);
  expect(words).toMatchObject({ text: "Signed out", tone: "bad" });
  expect(words.explain).toContain("access has changed");
});
