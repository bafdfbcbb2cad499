// One's own API tokens.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { freshOnShow } from "./fresh";
import { getJson, postJson, remove } from "./http";
import { tokensKey } from "./keys";
import type { ApiToken, CreatedToken, TokenList } from "./types";

/** How many tokens one person may have. */
export const tokensMax = 100;

export function useTokens() {
  return useQuery({
    ...freshOnShow,
    queryKey: tokensKey,
    queryFn: async ({ signal }): Promise<ApiToken[]> =>
      (await getJson<TokenList>("/api/auth/tokens", signal)).tokens,
  });
}

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => postJson<CreatedToken>("/api/auth/tokens", { name }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensKey }),
    // The token is in the answer: nothing of it stays behind when the dialog is gone.
    gcTime: 0,
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(`/api/auth/tokens/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: tokensKey }),
  });
}
