// What is done to many callbacks at once. However many are selected, a request names as many as the
// server takes; what is done stays done when a later one fails.
import { useQueryClient } from "@tanstack/react-query";
import { callbacksBase } from "./base";
import { applyChange } from "./cache";
import { post, postJson } from "./http";
import { useRole } from "./role";
import type { MarkedViewed } from "./types";

/** Ids in one request; the server refuses more. */
export const idsMax = 500;

export function useMarkMany() {
  const base = callbacksBase(useRole());
  const client = useQueryClient();
  return (ids: readonly string[]) =>
    inTurn(ids, async (some) => {
      const { unviewedCount } = await postJson<MarkedViewed>(`${base}/mark-viewed`, { ids: some });
      applyChange(client, { kind: "viewed", what: { ids: some }, unviewedCount });
    });
}

/** For admins. */
export function useDeleteMany() {
  const base = callbacksBase(useRole());
  const client = useQueryClient();
  return (ids: readonly string[]) =>
    inTurn(ids, async (some) => {
      await post(`${base}/delete`, { ids: some });
      applyChange(client, { kind: "deleted", ids: some });
    });
}

async function inTurn(
  ids: readonly string[],
  act: (some: string[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += idsMax) await act(ids.slice(at, at + idsMax));
}
