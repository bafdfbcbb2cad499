// Reading and changing one's own preferences. Each change starts from what the server has at that
// moment, so that two tabs or devices that set different things do not undo each other.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { getJson, put } from "../http";
import { preferencesKey } from "../keys";
import { preferencesSaved } from "../live";
import { type Preferences, readPreferences, writePreferences } from "./document";

const path = "/api/me/preferences";

const options = queryOptions({
  queryKey: preferencesKey,
  queryFn: ({ signal }) => getJson<unknown>(path, signal),
});

export type ChangePreferences = (before: Preferences) => Preferences;

export function usePreferences() {
  return useQuery({ ...options, select: readPreferences });
}

export function useChangePreferences() {
  const client = useQueryClient();
  return useMutation({
    // One after the other: a second change must see the first.
    scope: { id: "preferences" },
    mutationFn: async (change: ChangePreferences) => {
      const kept = await getJson<unknown>(path);
      await put(path, writePreferences(kept, change(readPreferences(kept))));
    },
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: preferencesKey });
      showAtOnce(client, change);
    },
    // Whoever decides about toasts must not wait for the stream to bring the news back.
    onSuccess: preferencesSaved,
    onSettled: () => {
      // While another waits, what the server has is older than what is shown.
      if (client.isMutating({ mutationKey: preferencesKey }) <= 1)
        void client.invalidateQueries({ queryKey: preferencesKey });
    },
    mutationKey: preferencesKey,
  });
}

function showAtOnce(client: QueryClient, change: ChangePreferences): void {
  client.setQueryData(options.queryKey, (kept: unknown) =>
    writePreferences(kept, change(readPreferences(kept))),
  );
}
