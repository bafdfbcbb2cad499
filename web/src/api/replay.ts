// Sending a callback again: where to, and what became of each attempt. For admins.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, postJson } from "./http";
import { attemptsKeyOf, replayTargetsKey } from "./keys";
import type { Attempt, AttemptList, ReplayTarget, ReplayTargets } from "./types";

// A terminal comes and goes without a word; a hidden tab does not ask.
const everyMs = 5_000;

export function useReplayTargets(): ReplayTarget[] {
  const { data } = useQuery({
    queryKey: replayTargetsKey,
    queryFn: async ({ signal }) =>
      (await getJson<ReplayTargets>("/api/admin/replay-targets", signal)).targets,
    ...freshOnShow,
    refetchInterval: everyMs,
  });
  return data ?? [];
}

export function useAttempts(id: string): Attempt[] {
  const { data } = useQuery({
    queryKey: attemptsKeyOf(id),
    queryFn: async ({ signal }) =>
      (await getJson<AttemptList>(`${pathOf(id)}/attempts`, signal)).attempts,
    ...freshOnShow,
    // Whoever went away while it was sending says nothing more.
    refetchInterval: ({ state }) =>
      state.data?.some(({ endedAt }) => endedAt === null) ? everyMs : false,
  });
  return data ?? [];
}

export function useReplay(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (target: string) => postJson<AttemptList>(`${pathOf(id)}/replay`, { target }),
    onSuccess: ({ attempts }) => client.setQueryData<Attempt[]>(attemptsKeyOf(id), attempts),
    onError: () => client.invalidateQueries({ queryKey: replayTargetsKey }),
  });
}

function pathOf(id: string): string {
  return `/api/admin/llm-callbacks/${encodeURIComponent(id)}`;
}
