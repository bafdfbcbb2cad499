// The object that a callback only names: having it fetched again, and the key with which a source fetches. For admins.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post, putJson, remove } from "./http";
import { callbackKeyOf, sourcesKey } from "./keys";
import type { SetFetchKey } from "./types";

/** The window follows by itself where there is a stream, and here where there is none. */
export function useFetchAgain(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post(`/api/admin/llm-callbacks/${encodeURIComponent(id)}/fetch`),
    onSuccess: () => client.invalidateQueries({ queryKey: callbackKeyOf(id) }),
  });
}

const keyPathOf = (source: string) => `/api/admin/sources/${encodeURIComponent(source)}/fetch-key`;

export function useSetFetchKey(source: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => putJson<SetFetchKey>(keyPathOf(source), { key }),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesKey }),
    // What was sent was a secret: nothing of it stays behind when the dialog is gone.
    gcTime: 0,
  });
}

export function useRemoveFetchKey(source: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove(keyPathOf(source)),
    onSettled: () => client.invalidateQueries({ queryKey: sourcesKey }),
  });
}
