// Passwords that are made, and what is asked of those that are typed.
import { expect, test } from "vitest";
import { newPassword, passwordFault } from "./new-password";

test("a made password is good, and no two are alike", () => {
  const made = Array.from({ length: 200 }, newPassword);
  expect(new Set(made).size).toBe(200);
  for (const password of made) {
    expect(password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){4}$/);
    expect(passwordFault(password)).toBeUndefined();
  }
});

test.each([
  ["", /at least 12/],
  ["x".repeat(11), /at least 12/],
  ["😀".repeat(11), /at least 12/],
  ["é".repeat(513), /at most 1024 bytes/],
])("%j is refused", (password, why) => expect(passwordFault(password)).toMatch(why));

test("a passphrase is good", () =>
  expect(passwordFault("correct horse battery staple")).toBeUndefined());
