// The list of callbacks with the windows that are open above it.
import { CallbacksPage } from "@/callbacks/callbacks-page";
import { DetailWindows } from "@/detail/detail-windows";
import { usePageTitle } from "@/lib/page-title";

export function CallbacksRoute() {
  usePageTitle("Callbacks");
  return (
    <>
      <CallbacksPage />
      <DetailWindows />
    </>
  );
}
