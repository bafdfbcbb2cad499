// Adding, changing and removing sources, for admins.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { postJson, putJson, remove } from "./http";
import { sourcesKey } from "./keys";
import type {
  AddedSecret,
  AddedSource,
  ChangedSource,
  NewSource,
  NewSourceSecret,
  SourceChange,
} from "./types";

const path = "/api/admin/sources";

const pathOf = (name: string): string => `${path}/${encodeURIComponent(name)}`;

export function useAddSource() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (source: NewSource) => postJson<AddedSource>(path, source),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesKey }),
    // A secret that was made up is in the answer: nothing of it stays behind when the dialog is gone.
    gcTime: 0,
  });
}

export function useChangeSource(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: SourceChange) => putJson<ChangedSource>(pathOf(name), change),
    onSettled: () => client.invalidateQueries({ queryKey: sourcesKey }),
  });
}

export function useRemoveSource(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove(pathOf(name)),
    onSettled: () => client.invalidateQueries({ queryKey: sourcesKey }),
  });
}

export function useAddSecret(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (secret: NewSourceSecret) =>
      postJson<AddedSecret>(`${pathOf(name)}/secrets`, secret),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesKey }),
    gcTime: 0,
  });
}

export function useRemoveSecret(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(`${pathOf(name)}/secrets/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: sourcesKey }),
  });
}
