// The bytes themselves: their place, in hex, and as ASCII where they are printable.
import { type RefObject, useCallback, useRef } from "react";
import { byteLine, bytesPerLine } from "@/lib/byte-lines";
import { remPx } from "./use-columns";
import { VirtualRows, type VirtualRowsHandle } from "./virtual-rows";

type Props = {
  bytes: Uint8Array;
  columns: number;
  above: RefObject<HTMLElement | null>;
  below: RefObject<HTMLElement | null>;
};

export function BytesView({ bytes, columns, above, below }: Props) {
  const list = useRef<VirtualRowsHandle>(null);
  const perLine = bytesPerLine(columns);
  const heightOf = useCallback(() => 1.5 * remPx(), []);
  return (
    <section aria-label="Bytes of the payload" className="py-2">
      <VirtualRows
        ref={list}
        count={Math.ceil(bytes.length / perLine)}
        heightOf={heightOf}
        keyOf={String}
        renderRow={(index) => <ByteRow {...byteLine(bytes, index * perLine, perLine)} />}
        above={above}
        below={below}
      />
    </section>
  );
}

function ByteRow({ place, hex, ascii }: ReturnType<typeof byteLine>) {
  return (
    <pre className="json px-4">
      <span className="json-index">{place}</span>
      {`  ${hex}  `}
      <span className="json-string">{ascii}</span>
    </pre>
  );
}
