// The query cache: the only place where the server's state lives in the page.
import { notifyManager, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./http";
import { meKey } from "./keys";

// Not after a timeout, as is the rule: a switch that was turned would first be seen to jump back.
notifyManager.setScheduler(queueMicrotask);

// A fault of the network may pass; an answer that says no will say it again.
function isWorthRetrying(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof Problem && error.status < 500);
}

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        const isRefused = error instanceof Problem && error.status === 401;
        if (isRefused && query.queryKey[0] !== meKey[0])
          void client.invalidateQueries({ queryKey: meKey });
      },
    }),
    defaultOptions: {
      queries: {
        retry: isWorthRetrying,
        staleTime: Number.POSITIVE_INFINITY,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}
