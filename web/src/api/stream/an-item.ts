// A list item for tests, with whatever a test is about put in.
import type { HistoryItem } from "../types";

let made = 0;

export function anItem(about: Partial<HistoryItem> = {}): HistoryItem {
  made += 1;
  const cursor = String(made);
  return {
    id: `id-${cursor}`,
    cursor,
    source: "llm",
    callbackId: about.jobId ?? `job-${cursor}`,
    jobId: `job-${cursor}`,
    workflowName: "w",
    eventType: "e",
    status: "processed",
    errorMessage: null,
    signatureValid: true,
    rejection: about.signatureValid === false ? "Invalid signature" : null,
    cause: null,
    accepted: false,
    payloadPreview: "{}",
    costUsd: null,
    totalTokens: null,
    durationMs: null,
    deliveryCount: 1,
    createdAt: "2026-05-01T12:00:00Z",
    viewedByCurrentUser: false,
    ...about,
  };
}
