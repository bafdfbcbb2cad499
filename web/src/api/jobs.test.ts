// The timelines of open windows.
import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { addToJobs, reviseJobs } from "./jobs";
import { callbackKeyOf } from "./keys";
import type { CallbackDetail, CallbackView, ListItem } from "./types";

function item(id: string, members: Partial<ListItem> = {}): ListItem {
  return {
    id,
    cursor: "1",
    source: "llm",
    callbackId: "job",
    jobId: "job",
    workflowName: null,
    eventType: null,
    status: "received",
    errorMessage: null,
    signatureValid: true,
    cause: null,
    accepted: false,
    rejection: null,
    payloadPreview: "",
    costUsd: null,
    totalTokens: null,
    durationMs: null,
    deliveryCount: 1,
    createdAt: "2026-05-01T12:00:00Z",
    ...members,
  };
}

function open(first: ListItem): { client: QueryClient; shown: () => string[] } {
  const client = new QueryClient();
  const callback: CallbackDetail = {
    ...first,
    viewedByCurrentUser: true,
    signatureHeader: null,
    verifiedAt: null,
    updatedAt: first.createdAt,
    payload: "{}",
    payloadPlain: true,
    test: false,
    requestHeaders: [],
    diagnosis: null,
    acceptedBy: null,
    acceptedByEmail: null,
    acceptedAt: null,
    acceptedAs: null,
    acceptedFrom: null,
    subjectUserId: null,
    object: null,
    rawBytes: 2,
  };
  const key = callbackKeyOf(first.id);
  client.setQueryData<CallbackView>(key, { callback, job: [first] });
  const jobOf = () => client.getQueryData<CallbackView>(key)?.job ?? [];
  return { client, shown: () => jobOf().map(({ id, status }) => `${id} ${status}`) };
}

test("a job goes on in the windows of its callbacks, and of no others", () => {
  const { client, shown } = open(item("a"));
  addToJobs(client, [item("b"), item("c", { jobId: "other" }), item("d", { source: "stepper" })]);
  addToJobs(client, [item("b"), item("e")]);
  expect(shown()).toEqual(["a received", "b received", "e received"]);
  const alone = open(item("a", { jobId: null }));
  addToJobs(alone.client, [item("b", { jobId: null })]);
  expect(alone.shown()).toEqual(["a received"]);
});

test("of a long job the newest are shown, as the server does", () => {
  const { client, shown } = open(item("a"));
  addToJobs(
    client,
    Array.from({ length: 250 }, (_, index) => item(`later-${index}`)),
  );
  expect(shown()).toHaveLength(200);
  expect(shown().at(-1)).toBe("later-249 received");
});

test("what changes is changed, what is deleted goes", () => {
  const { client, shown } = open(item("a"));
  addToJobs(client, [item("b"), item("c")]);
  reviseJobs(client, (each) => (each.id === "b" ? { ...each, status: "processed" } : each));
  reviseJobs(client, (each) => (each.id === "c" ? null : each));
  expect(shown()).toEqual(["a received", "b processed"]);
});
