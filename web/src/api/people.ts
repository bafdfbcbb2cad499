// People, for admins.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, patchJson, postJson, remove } from "./http";
import { meKey, peopleKey } from "./keys";
import type { NewPerson, PeopleList, Person, Role } from "./types";

const path = "/api/admin/people";

export function usePeople() {
  return useQuery({
    ...freshOnShow,
    queryKey: peopleKey,
    queryFn: ({ signal }) => getJson<PeopleList>(path, signal),
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
