// The filters with a few values that never change.
import type { FilterName } from "@/api/filters";

export type Choice = { value: string; label: string };
export type ChoiceName = FilterName & ("status" | "viewed" | "signature");

export const choices: Record<ChoiceName, { label: string; choices: readonly Choice[] }> = {
  status: {
    label: "Status",
    choices: [
      { value: "received", label: "Received" },
      { value: "processed", label: "Processed" },
      { value: "error", label: "Error" },
    ],
  },
  viewed: {
    label: "Viewed",
    choices: [
      { value: "false", label: "Unread" },
      { value: "true", label: "Viewed" },
    ],
  },
  signature: {
    label: "Signature",
    choices: [
      { value: "valid", label: "Valid" },
      { value: "invalid", label: "Invalid" },
    ],
  },
};
