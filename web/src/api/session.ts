// Who is signed in, and signing in and out. `null` means nobody is.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { getJson, Problem, postJson, postLast } from "./http";
import { meKey } from "./keys";
import { deselectAll } from "./selection";
import { noteRefusal } from "./session-end";
import type { Me, SignedIn } from "./types";

const meOptions = queryOptions({
  queryKey: meKey,
  queryFn: async ({ signal, client }) => {
    const me = await fetchMe(signal);
    const before = client.getQueryData<Me | null>(meKey);
    if (before && !isSame(before, me)) forgetCallbacks(client);
    if (before && me === null) sessionEnded(client);
    return me;
  },
  // Whoever comes back to a tab may have signed in or out elsewhere.
  refetchOnWindowFocus: true,
  staleTime: ({ state }) => (state.data === null ? 0 : 10_000),
});

// Signing in anew, in another tab, ends the session before it; its cookie comes a moment after that.
const lateCookieMs = 2_000;

function sessionEnded(client: QueryClient): void {
  noteRefusal();
  setTimeout(() => void client.invalidateQueries({ queryKey: meKey }), lateCookieMs);
}

async function fetchMe(signal: AbortSignal): Promise<Me | null> {
  try {
    return await getJson<Me>("/api/auth/me", signal);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export function useMe() {
  return useQuery(meOptions);
}

export type Credentials = { email: string; password: string } | { token: string };

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      postJson<SignedIn>(
        "token" in credentials ? "/api/auth/link" : "/api/auth/login",
        credentials,
      ),
    onSuccess: () => client.fetchQuery({ ...meOptions, staleTime: 0 }),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => postLast("/api/auth/logout"),
    onSuccess: () => forgetPerson(client),
  });
}

/** Leaves nothing of the person in the page. */
function forgetPerson(client: QueryClient): void {
  client.setQueryData<Me | null>(meKey, null);
  forgetCallbacks(client);
}

/** What one person, or one role, was shown must not be shown to the next. */
function forgetCallbacks(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== meKey[0] });
  deselectAll();
}

function isSame(before: Me, now: Me | null): boolean {
  return before.id === now?.id && before.role === now.role;
}
