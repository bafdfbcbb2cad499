// What stands between one page and the rest: a page that is still coming, or that has failed, leaves the
// bar, the stream and the toasts alone.
import { CloudOff, LoaderCircle, TriangleAlert } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode, Suspense } from "react";
import { usePageTitle } from "@/lib/page-title";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { PageNotLoaded } from "./lazy-page";

/** `place` is where we are: another page gets another chance. */
export function PageBoundary({ place, children }: { place: string; children: ReactNode }) {
  return (
    <Catch key={place}>
      <Suspense fallback={<Coming />}>{children}</Suspense>
    </Catch>
  );
}

export function Coming() {
  return (
    <div role="status" className="flex h-full items-center justify-center p-6 text-muted">
      {/* Most pages are there before a spinner would be seen. */}
      <LoaderCircle className="size-5 animate-late motion-safe:animate-late-spin" aria-hidden />
      <span className="sr-only">Loading</span>
    </div>
  );
}

type Failure = { error: unknown };

class Catch extends Component<{ children: ReactNode }, { failure: Failure | null }> {
  override state: { failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: { error } };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { failure } = this.state;
    return failure === null ? this.props.children : <Failed error={failure.error} />;
  }
}

function Failed({ error }: Failure) {
  usePageTitle("Error");
  const notLoaded = error instanceof PageNotLoaded;
  return (
    <div role="alert" className="h-full overflow-y-auto">
      <Notice
        icon={notLoaded ? CloudOff : TriangleAlert}
        title={notLoaded ? "This page could not be loaded" : "This page has failed"}
        tone="bad"
        className="min-h-full"
      >
        <p className="max-w-96 text-muted">
          {notLoaded
            ? "The server is away, or it has been updated since this tab was opened."
            : "That is a fault of the console. What failed is in the browser's console."}
        </p>
        <Button onClick={() => location.reload()} className="mt-2">
          Load again
        </Button>
      </Notice>
    </div>
  );
}
