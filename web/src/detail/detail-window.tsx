// One window: everything about one callback. Opening it marks the callback viewed. It follows what
// becomes of its callback, to the point of saying that it is gone.
import { useEffect, useRef } from "react";
import { useCallbackView, useMarkViewed } from "@/api/callbacks";
import { Problem } from "@/api/http";
import type { CallbackDetail } from "@/api/types";
import { DetailBody } from "./detail-body";
import { Gone, NotLoaded } from "./gone";
import { WindowActions } from "./window-actions";
import type { Bar } from "./window-bar";
import { WindowFrame } from "./window-frame";

type Props = {
  id: string;
  depth: number;
  isFront: boolean;
  isPhone: boolean;
  onFront: () => void;
  onMinimise: () => void;
  onClose: () => void;
  /** Another callback is to take this one's place. */
  onOther: (id: string) => void;
};

export function DetailWindow({ id, onOther, ...frame }: Props) {
  const view = useCallbackView(id);
  const isGone = view.error instanceof Problem && [400, 404].includes(view.error.status);
  const callback = view.data?.callback;
  useViewedOnOpen(id, !isGone && callback?.viewedByCurrentUser === false);

  const title = callback?.callbackId ?? (view.isPending ? "Loading" : "Not there");
  return (
    <WindowFrame
      {...frame}
      content={id}
      bar={isGone || view.isLoadingError ? "gone" : barOf(callback)}
      title={title}
      subtitle={callback?.eventType ?? null}
      actions={
        isGone ? null : (
          <WindowActions callback={callback ?? null} onOther={onOther} onClose={frame.onClose} />
        )
      }
    >
      {isGone ? (
        <Gone wasThere={callback !== undefined} onClose={frame.onClose} />
      ) : view.data ? (
        <DetailBody key={id} view={view.data} />
      ) : view.isPending ? (
        <BodySkeleton />
      ) : (
        <NotLoaded error={view.error} onRetry={() => void view.refetch()} />
      )}
    </WindowFrame>
  );
}

function barOf(callback: CallbackDetail | undefined): Bar {
  if (callback === undefined) return "busy";
  return callback.signatureValid ? "good" : "bad";
}

/** Once for each opening: a callback that comes back unread is the person's wish. */
function useViewedOnOpen(id: string, unread: boolean): void {
  const { mutate } = useMarkViewed();
  const marked = useRef<string>(null);
  useEffect(() => {
    if (!unread || marked.current === id) return;
    marked.current = id;
    mutate(id);
  }, [id, unread, mutate]);
}

function BodySkeleton() {
  return (
    <div role="status" className="grid animate-late grid-cols-2 gap-4 p-4 @lg:grid-cols-4">
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
