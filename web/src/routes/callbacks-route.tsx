// The list of callbacks with the windows that are open above it.
import { CallbacksPage } from "@/callbacks/callbacks-page";
import { DetailWindows } from "@/detail/detail-windows";

export function CallbacksRoute() {
  return (
    <>
      <CallbacksPage />
      <DetailWindows />
    </>
  );
}
