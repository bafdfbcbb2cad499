// The headers of the request, as they came, less the credentials that the server does not keep.
import { ChevronRight } from "lucide-react";
import type { CallbackDetail } from "@/api/types";
import { formatCount } from "@/lib/format";
import { CopyButton } from "@/ui/copy-button";
import { Clamped } from "./clamped";

export function RequestHeaders({ headers }: { headers: CallbackDetail["requestHeaders"] }) {
  if (headers.length === 0) return null;
  const lines = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return (
    <details className="group border-line border-b">
      <summary className="flex h-9 cursor-pointer list-none items-center gap-1.5 px-4 text-label text-muted hover:text-ink focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden />
        Request headers · {formatCount(headers.length)}
      </summary>
      <div className="relative px-4 pb-3">
        <dl className="grid gap-x-4 gap-y-1 pr-8 font-mono text-label @lg:grid-cols-[minmax(8rem,max-content)_1fr]">
          {headers.map(([name = "", value = ""], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice, and none moves
            <div key={index} className="contents">
              <dt className="text-muted [overflow-wrap:anywhere] @max-lg:mt-1">{name}</dt>
              <dd className="[overflow-wrap:anywhere]">
                <Clamped text={value} />
              </dd>
            </div>
          ))}
        </dl>
        <CopyButton text={lines} label="Copy headers" className="absolute -top-1 right-3" />
      </div>
    </details>
  );
}
