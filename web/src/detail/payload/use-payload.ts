// What can be shown of a payload: its outline where it is JSON, its text where it is text, its bytes.
import { useMemo } from "react";
import { useRawBytes } from "@/api/callbacks";
import type { CallbackDetail } from "@/api/types";
import { utf8 } from "@/lib/byte-lines";
import { Outline } from "@/lib/json-outline";

export type Payload = {
  outline: Outline | null;
  text: string | null;
  /** Null while they are being loaded, and where none were kept. */
  bytes: (() => Uint8Array) | null;
  problem: Error | null;
  isLoading: boolean;
};

/** A callback, or what is shown in its place. */
export type Shown = Pick<CallbackDetail, "id" | "payload" | "rawBytes">;

export function usePayload({ id, payload, rawBytes }: Shown): Payload {
  // Only what is not JSON has to be asked for: of JSON the text is here, which is the same bytes.
  const { data, error, isLoading } = useRawBytes(id, payload === null && rawBytes > 0);
  const text = useMemo(() => payload ?? (data === undefined ? null : utf8(data)), [payload, data]);
  const outline = useMemo(() => (payload === null ? null : outlineOf(payload)), [payload]);
  const bytes = useMemo(() => {
    if (payload !== null) return once(() => new TextEncoder().encode(payload));
    return data === undefined ? null : () => data;
  }, [payload, data]);
  return { outline, text, bytes, problem: error, isLoading };
}

/** What is no object or list has nothing to unfold. */
function outlineOf(text: string): Outline | null {
  try {
    const outline = new Outline(text);
    return outline.holdsOthers(0) ? outline : null;
  } catch {
    return null;
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
