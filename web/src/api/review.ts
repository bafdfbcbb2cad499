// A second look at a rejected request: checking it again, accepting it. For admins.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { postJson } from "./http";
import { callbackKeyOf } from "./keys";
import type { Accepted, Diagnosis } from "./types";

const pathOf = (id: string) => `/api/admin/llm-callbacks/${encodeURIComponent(id)}`;

export function useCheckAgain(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => postJson<Diagnosis>(`${pathOf(id)}/verify`, undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: callbackKeyOf(id) }),
  });
}

/** The window follows by itself where there is a stream, and here where there is none. */
export function useAccept(id: string) {
  const client = useQueryClient();
  return async () => {
    const accepted = await postJson<Accepted>(`${pathOf(id)}/accept`, undefined);
    await client.invalidateQueries({ queryKey: callbackKeyOf(id) });
    return accepted;
  };
}
