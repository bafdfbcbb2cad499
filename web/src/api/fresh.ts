// What the stream says nothing about is asked for again whenever it is shown, and when a person comes
// back to the tab. What was read before stays on screen meanwhile.
export const freshOnShow = { staleTime: 0, refetchOnWindowFocus: true } as const;
