// One source: what it has sent, what to paste at the sender, how it proves itself, and two ways to try it.
import type { Source, SourcePreset } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { reveal } from "@/lib/reveal";
import { Copyable } from "@/ui/copyable";
import { type Fact, Facts } from "@/ui/facts";
import { Group, PageHeading } from "@/ui/section";
import { Instructions } from "./instructions";
import { proofInWords, signs } from "./proof";
import { SourceActions } from "./source-actions";
import { SourceFetch } from "./source-fetch";
import { SourceRejects } from "./source-rejects";
import { SourceSecrets } from "./source-secrets";
import { SourceTraffic } from "./source-traffic";
import { SourceTrial } from "./source-trial";

type Props = { source: Source; presets: readonly SourcePreset[] };

export function SourceView({ source, presets }: Props) {
  const { name, title, preset, added } = source;
  return (
    <>
      <PageHeading
        title={name}
        about={preset === null ? title : `${title}, by the preset “${preset}”`}
      />
      {added !== null && <SourceActions source={source} added={added} presets={presets} />}
      <NotReceiving source={source} />
      <SourceTraffic source={source} />
      <SourceRejects source={source} />
      <AtTheSender source={source} />
      <SourceSecrets source={source} />
      <SourceFetch source={source} presets={presets} />
      <SourceTrial source={source} />
    </>
  );
}

/** Of a source that an admin has added: it is turned off, or cannot be used. */
function NotReceiving({ source: { added } }: { source: Source }) {
  if (added === null || (added.enabled && added.problem === null)) return null;
  const why = added.enabled ? `Nothing is received: ${added.problem}.` : "It is turned off.";
  return (
    <p className="mb-6 rounded-xl bg-warn-soft px-3.5 py-3 text-warn">
      {reveal(why)} Its sender is answered 404.
    </p>
  );
}

function AtTheSender({ source }: { source: Source }) {
  return (
    <Group
      title="At the sender"
      about={
        source.instructions === null
          ? "Paste this address where the service asks for a webhook."
          : undefined
      }
    >
      {source.instructions !== null && <Instructions text={source.instructions} />}
      <Copyable label="URL" text={source.url} className="mb-3" />
      <div className="rounded-xl border border-line bg-surface">
        <Facts facts={factsOf(source)} />
      </div>
    </Group>
  );
}

function factsOf(source: Source): Fact[] {
  const { scheme, signatureHeader, signedContent, toleranceSeconds, jwksUrl } = source;
  const mono = (text: string) => (
    <span className="whitespace-pre-wrap font-mono">{reveal(text)}</span>
  );
  const facts: Fact[] = [
    { name: "Proves itself by", value: proofInWords(scheme) },
    { name: signs(scheme) ? "Signature in" : "Token in", value: mono(signatureHeader) },
  ];
  if (signedContent !== null) facts.push({ name: "What is signed", value: mono(signedContent) });
  if (toleranceSeconds !== null) {
    facts.push({
      name: "Time may be off by",
      value: formatDuration(toleranceSeconds * 1_000),
      note: "Older or later requests are refused: they may have been recorded and sent again.",
    });
  }
  if (jwksUrl !== null) facts.push({ name: "Keys from", value: mono(jwksUrl) });
  return facts;
}
