// What the server has found out about a request that did not verify: each thing that is wrong, what to do,
// the figures to compare, and which of the source's proofs held.
import { Check, Minus, X } from "lucide-react";
import { causeWords } from "@/api/cause-words";
import type { Diagnosis, Finding, Proof } from "@/api/types";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/format";
import { Foreign } from "@/ui/foreign";
import { Time } from "@/ui/time";

type Props = {
  diagnosis: Diagnosis;
  /** Nothing is left to be done: the request was accepted. */
  isSettled: boolean;
};

export function DiagnosisView({ diagnosis, isSettled }: Props) {
  const { findings, proofs, tried, complete, checkedAt } = diagnosis;
  return (
    <>
      {findings.map((finding, index) => (
        <FindingView
          key={finding.code}
          finding={finding}
          isFirst={index === 0}
          isSettled={isSettled && finding.code === "verified"}
        />
      ))}
      {proofs.length > 0 && (
        <ul aria-label="Proofs" className="mt-2.5 flex flex-wrap gap-x-4 gap-y-1">
          {proofs.map((proof) => (
            <ProofView key={proof.proof} proof={proof} />
          ))}
        </ul>
      )}
      <p className="mt-2 text-label text-muted">
        Checked <Time iso={checkedAt} />
        {tried > 0 &&
          `, ${formatCount(tried)} ${tried === 1 ? "signature" : "signatures"} computed`}
        {!complete && "; there is more than is tried for one request"}
      </p>
    </>
  );
}

type FindingProps = { finding: Finding; isFirst: boolean; isSettled: boolean };

function FindingView({ finding, isFirst, isSettled }: FindingProps) {
  return (
    <div className={cn(!isFirst && "mt-3")}>
      {!isFirst && <h4 className="font-semibold text-bad">{causeWords(finding.code)}</h4>}
      <p className="mt-0.5">
        <Foreign text={finding.problem} />
      </p>
      {!isSettled && (
        <p className="mt-1.5">
          <span className="font-semibold">What to do: </span>
          <Foreign text={finding.remedy} />
        </p>
      )}
      {finding.figures.length > 0 && (
        <dl className="mt-2 grid gap-x-4 gap-y-1 @md:grid-cols-[max-content_1fr]">
          {finding.figures.map(({ name, value }) => (
            <div key={`${name} ${value}`} className="contents">
              <dt className="text-label text-muted leading-5">
                <Foreign text={name} />
              </dt>
              <dd className="min-w-0 font-mono text-label leading-5">
                <Foreign text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

const names = { signature: "Signature", token: "Token", timestamp: "Timestamp" } as const;

function ProofView({ proof: { proof, outcome } }: { proof: Proof }) {
  const isValid = outcome === "valid";
  const isOpen = outcome === "not_checked";
  const Icon = isValid ? Check : isOpen ? Minus : X;
  const look = isValid ? "text-good" : isOpen ? "text-muted" : "text-bad";
  return (
    <li className="inline-flex items-center gap-1">
      <Icon className={cn("size-4", look)} aria-hidden />
      {names[proof]} {isValid ? "valid" : isOpen ? "not checked" : "not valid"}
    </li>
  );
}
