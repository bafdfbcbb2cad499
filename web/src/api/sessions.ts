// One's own sessions: where one is signed in.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, remove, removeJson } from "./http";
import { sessionsKey } from "./keys";
import type { RevokedSessions, Session, SessionList } from "./types";

const path = "/api/auth/sessions";

export function useSessions() {
  return useQuery({
    ...freshOnShow,
    queryKey: sessionsKey,
    queryFn: async ({ signal }): Promise<Session[]> =>
      (await getJson<SessionList>(path, signal)).sessions,
  });
}

export function useRevokeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(`${path}/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  });
}

/** All but this browser's. */
export function useRevokeOtherSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => removeJson<RevokedSessions>(path),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  });
}
