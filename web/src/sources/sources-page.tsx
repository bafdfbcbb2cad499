// The sources: who may send, each with a page of its own that says all there is to paste, try and know.
import { Plus, Webhook } from "lucide-react";
import { useState } from "react";
import { Link, Redirect, useLocation } from "wouter";
import { useSourceList } from "@/api/sources";
import type { Source, Sources as SourceList } from "@/api/types";
import { usePageTitle } from "@/lib/page-title";
import { Button } from "@/ui/button";
import { Loaded } from "@/ui/loaded";
import { Notice } from "@/ui/notice";
import { type SidePage, SidePages, useBothFit } from "@/ui/side-pages";
import { SourceDialog } from "./source-dialog";
import { SourceView } from "./source-view";

const home = "/sources";

export function SourcesPage() {
  const sources = useSourceList();
  if (sources.data) return <Sources list={sources.data} />;
  return (
    <div className="h-full overflow-y-auto px-3 pt-3 sm:px-8 sm:pt-6">
      <div className="max-w-220">
        <Loaded query={sources} what="sources">
          {() => null}
        </Loaded>
      </div>
    </div>
  );
}

function Sources({ list: { sources, presets } }: { list: SourceList }) {
  const [pathname] = useLocation();
  const [adding, setAdding] = useState(false);
  const both = useBothFit();
  const pages = sources.map(pageOf);
  const at = pages.findIndex(({ href }) => href === pathname);
  const [first] = pages;
  if (pathname === home && both && first) return <Redirect to={first.href} replace />;
  const source = sources[at];
  return (
    <>
      <SidePages
        title="Sources"
        href={home}
        pages={pages}
        action={
          <Button onClick={() => setAdding(true)}>
            <Plus className="size-4" aria-hidden />
            Add source
          </Button>
        }
      >
        {source ? <SourceView key={source.name} source={source} presets={presets} /> : <Unknown />}
      </SidePages>
      {adding && <SourceDialog presets={presets} onClose={() => setAdding(false)} />}
    </>
  );
}

function pageOf({ name, title, added }: Source): SidePage {
  return {
    title: name,
    about: title,
    href: `${home}/${encodeURIComponent(name)}`,
    icon: Webhook,
    group: added === null ? "Configured" : "Added",
  };
}

function Unknown() {
  usePageTitle("Sources");
  return (
    <Notice icon={Webhook} title="There is no such source" level={1} className="py-16">
      <p className="text-muted">It was renamed or removed, or is not configured on this server.</p>
      <Link href={home} className="mt-1 text-accent underline underline-offset-4">
        Go to the sources
      </Link>
    </Notice>
  );
}
