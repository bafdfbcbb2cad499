// People, for admins.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, patchJson, post, postJson, remove, withQuery } from "./http";
import { meKey, peopleKey } from "./keys";
import type { NewPerson, PeopleList, Person, Role } from "./types";

const path = "/api/admin/people";

// More than a screen or two; whoever has more people asks for the next ones.
const pageSize = 200;

export function usePeople() {
  return useInfiniteQuery({
    ...freshOnShow,
    queryKey: peopleKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      getJson<PeopleList>(withQuery(path, { after: pageParam, limit: pageSize }), signal),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

export function useCreatePerson() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (person: NewPerson) => postJson<Person>(path, person),
    onSuccess: () => client.invalidateQueries({ queryKey: peopleKey }),
    // It holds a password.
    gcTime: 0,
  });
}

export function useSetRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) =>
      patchJson<Person>(`${path}/${encodeURIComponent(id)}`, { role }),
    onSettled: () => {
      // It may have been one's own.
      void client.invalidateQueries({ queryKey: meKey });
      return client.invalidateQueries({ queryKey: peopleKey });
    },
  });
}

export function useRemovePerson() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(`${path}/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKey }),
  });
}

/** Gives somebody else another password, and ends all their sessions. */
export function useResetPassword() {
  return useMutation({
    mutationFn: ({ id, password }: { id: string; password: string }) =>
      post(`${path}/${encodeURIComponent(id)}/password`, { password }),
    // It holds a password.
    gcTime: 0,
  });
}
