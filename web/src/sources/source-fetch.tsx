// How the objects are fetched that a source's callbacks only name, and with which key.
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { useRemoveFetchKey } from "@/api/objects";
import type { Source, SourcePreset } from "@/api/types";
import { reveal } from "@/lib/reveal";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { ask } from "@/ui/confirm";
import { Row, Rows } from "@/ui/rows";
import { Group } from "@/ui/section";
import { FetchKeyDialog } from "./fetch-key-dialog";

type Props = { source: Source; presets: readonly SourcePreset[] };

export function SourceFetch({ source, presets }: Props) {
  const { name, fetch, added, preset } = source;
  const [setting, setSetting] = useState(false);
  const couldFetch = presets.some((each) => each.name === preset && each.fetches);
  if (fetch === null && !couldFetch) return null;
  return (
    <Group
      title="Objects"
      about="Its callbacks only name an object. With a key of the service's API it is fetched, after the sender was answered, and kept beside the callback."
      action={
        added !== null && (
          <Button onClick={() => setSetting(true)}>
            <KeyRound className="size-4" aria-hidden />
            {fetch === null ? "Set key" : "Replace key"}
          </Button>
        )
      }
    >
      {fetch === null ? (
        <p className="rounded-xl border border-line bg-surface px-3.5 py-3 text-muted">
          Nothing is fetched: no key is set.
          {added === null && (
            <>
              {" "}
              Set <code className="font-mono [overflow-wrap:anywhere]">{variableOf(name)}</code>, or{" "}
              <code className="font-mono">key</code> below{" "}
              <code className="font-mono [overflow-wrap:anywhere]">[sources.{name}.fetch]</code>.
            </>
          )}
        </p>
      ) : (
        <Rows label="Key to fetch with">
          <Row
            icon={KeyRound}
            title={
              <span className="font-mono font-normal">
                {fetch.fingerprint ?? "It cannot be opened"}
              </span>
            }
            facts={[
              fetch.problem === null ? `from ${fetch.hosts.join(", ")}` : reveal(fetch.problem),
            ]}
            actions={
              <>
                <Badge tone={fetch.problem === null ? "good" : "bad"}>
                  {fetch.problem === null ? "active" : "sealed"}
                </Badge>
                {added !== null && <RemoveKey source={name} />}
              </>
            }
          />
        </Rows>
      )}
      {setting && <FetchKeyDialog name={name} onClose={() => setSetting(false)} />}
    </Group>
  );
}

function RemoveKey({ source }: { source: string }) {
  const { mutateAsync } = useRemoveFetchKey(source);

  function remove() {
    ask({
      title: "Remove the key?",
      detail: "Nothing is fetched any more. What was fetched stays. This cannot be undone.",
      action: "Remove",
      run: () => mutateAsync(),
    });
  }
  return <IconButton icon={Trash2} label="Remove the key to fetch with" onClick={remove} />;
}

function variableOf(name: string): string {
  return `CALLBACKD_SOURCES_${name.toUpperCase().replaceAll("-", "_")}_FETCH_KEY`;
}
