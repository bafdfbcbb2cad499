// The list of callbacks with the windows that are open above it. Most visits open none at first: their
// code comes by itself, soon after the list, or at once where a link wants one.
import { lazy, Suspense, useEffect } from "react";
import { CallbacksPage } from "@/callbacks/callbacks-page";
import { usePageTitle } from "@/lib/page-title";
import { usePlace } from "@/ui/use-place";

const loadWindows = () => import("@/detail/detail-windows");
const DetailWindows = lazy(async () => ({ default: (await loadWindows()).DetailWindows }));

export function CallbacksRoute() {
  usePageTitle("Callbacks");
  const { front, others } = usePlace();
  useEffect(() => {
    // A failure is told when a window is opened.
    const wait = setTimeout(() => void loadWindows().catch(() => {}), afterFirstPaintMs);
    return () => clearTimeout(wait);
  }, []);
  return (
    <>
      <CallbacksPage />
      {(front !== null || others.length > 0) && (
        <Suspense fallback={null}>
          <DetailWindows />
        </Suspense>
      )}
    </>
  );
}

// Not in the way of what is shown first, and there before a hand has reached a row.
const afterFirstPaintMs = 300;
