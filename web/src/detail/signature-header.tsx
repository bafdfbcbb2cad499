// The signature as it was sent.
import { CopyButton } from "@/ui/copy-button";
import { Foreign } from "@/ui/foreign";

export function SignatureHeader({ value }: { value: string | null }) {
  return (
    <section className="border-line border-b px-4 py-3">
      <h3 className="mb-0.5 text-label text-muted">Signature header</h3>
      {value === null ? (
        <p className="text-muted">None was sent</p>
      ) : (
        <div className="flex items-start gap-1">
          <code className="min-w-0 font-mono text-label leading-5 [overflow-wrap:anywhere]">
            <Foreign text={value} />
          </code>
          <CopyButton text={value} label="Copy signature header" className="-my-1" />
        </div>
      )}
    </section>
  );
}
