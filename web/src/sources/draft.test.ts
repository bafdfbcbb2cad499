// A draft becomes the settings that it came from.
import { expect, test } from "vitest";
import { draftOf, settingsOf, usualPath } from "./draft";

test("settings go through a draft unchanged", () => {
  for (const settings of [
    {},
    { preset: "openai" },
    {
      preset: "generic-hmac",
      title: "Renderer",
      path: "/hooks/r",
      job_id: "/render/id",
      ignored: ["at"],
    },
  ]) {
    expect(settingsOf(draftOf(settings))).toEqual(settings);
  }
});

test("what is no JSON object is no settings", () => {
  const draft = { preset: "", title: "", path: "", more: "" };
  for (const more of ["{", "[]", "7", "null", '"text"']) {
    expect(settingsOf({ ...draft, more })).toBeNull();
  }
  expect(settingsOf({ ...draft, title: "  ", more: " \n" })).toEqual({});
});

test("a path is the preset's own, or goes by the source's name", () => {
  const preset = { title: "", sharesSecret: true, fetches: false };
  const openai = { ...preset, name: "openai", path: "/api/webhooks/openai" };
  expect(usualPath("research", openai)).toBe("/api/webhooks/research");
  const llm = { ...preset, name: "llm", path: "/api/webhooks/llm-callback" };
  expect(usualPath("other", llm)).toBe("/api/webhooks/llm-callback");
  expect(usualPath("acme", undefined)).toBe("/api/webhooks/acme");
});
