// What belongs to whoever is signed in, beside their sessions and tokens.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "./http";
import { sessionsKey } from "./keys";
import type { PasswordChange } from "./types";

/** Ends all other sessions of this person. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => post("/api/me/password", change),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsKey }),
    // It holds passwords.
    gcTime: 0,
  });
}
