// A value that is kept for a while although newer ones come: text that a person is about to select must
// not change under the pointer.
import { useState } from "react";

export function useHeld<T>(value: T, forMs: number): T {
  const [held, setHeld] = useState({ value, sinceMs: Date.now() });
  if (held.value !== value && Date.now() - held.sinceMs > forMs)
    setHeld({ value, sinceMs: Date.now() });
  return held.value;
}
