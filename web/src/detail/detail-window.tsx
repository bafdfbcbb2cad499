// One window: everything about one callback. Opening it marks the callback viewed.
import { CloudOff, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { useCallbackView, useMarkViewed } from "@/api/callbacks";
import { Problem } from "@/api/http";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { DetailBody } from "./detail-body";
import { WindowFrame } from "./window-frame";

type Props = {
  id: string;
  depth: number;
  isFront: boolean;
  isPhone: boolean;
  onFront: () => void;
  onMinimise: () => void;
  onClose: () => void;
};

export function DetailWindow({ id, ...frame }: Props) {
  const view = useCallbackView(id);
  const isGone = view.error instanceof Problem && [400, 404].includes(view.error.status);
  const callback = isGone ? undefined : view.data?.callback;
  useViewedOnOpen(id, callback?.viewedByCurrentUser === false);

  const bar =
    callback === undefined
      ? view.isPending
        ? "busy"
        : "bad"
      : callback.signatureValid
        ? "good"
        : "bad";
  return (
    <WindowFrame
      {...frame}
      bar={bar}
      title={
        callback?.callbackId ??
        (isGone ? "No longer there" : view.isPending ? "Loading" : "Not loaded")
      }
      subtitle={callback?.eventType ?? null}
    >
      {isGone ? (
        <Notice icon={Trash2} title="This callback is not there" tone="bad" className="h-full">
          <p className="max-w-80 text-muted">
            It has been deleted, or the link names one that never was.
          </p>
          <Button onClick={frame.onClose} className="mt-2">
            Close
          </Button>
        </Notice>
      ) : view.data ? (
        <DetailBody view={view.data} />
      ) : view.isPending ? (
        <BodySkeleton />
      ) : (
        <Notice
          icon={CloudOff}
          title="The callback could not be loaded"
          tone="bad"
          className="h-full"
        >
          <p className="text-muted">{view.error.message}</p>
          <Button onClick={() => void view.refetch()} className="mt-2">
            Try again
          </Button>
        </Notice>
      )}
    </WindowFrame>
  );
}

/** Once for each opening: a callback that comes back unread is the person's wish. */
function useViewedOnOpen(id: string, unread: boolean): void {
  const { mutate } = useMarkViewed();
  const marked = useRef(false);
  useEffect(() => {
    if (!unread || marked.current) return;
    marked.current = true;
    mutate(id);
  }, [id, unread, mutate]);
}

function BodySkeleton() {
  return (
    <div role="status" className="grid grid-cols-2 gap-4 p-4 sm:grid-cols-3">
      <span className="sr-only">Loading callback</span>
      {["a", "b", "c", "d", "e", "f", "g", "h", "i"].map((cell) => (
        <div key={cell}>
          <div className="mb-2 h-2 w-16 rounded-full bg-hover motion-safe:animate-breathe" />
          <div className="h-2.5 w-4/5 rounded-full bg-hover motion-safe:animate-breathe" />
        </div>
      ))}
    </div>
  );
}
