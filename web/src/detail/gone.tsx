// What a window says instead of its callback: that it is gone, or that it could not be loaded.
import { CloudOff, Trash2 } from "lucide-react";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";

type GoneProps = {
  /** Whether it was there when the window opened. */
  wasThere: boolean;
  onClose: () => void;
};

export function Gone({ wasThere, onClose }: GoneProps) {
  const title = wasThere ? "This callback has been deleted" : "This callback is not there";
  return (
    <Notice icon={Trash2} title={title} tone="bad" className="h-full">
      <p role="status" className="max-w-80 text-muted">
        {wasThere
          ? "Somebody deleted it while this window was open. What was received is gone for good."
          : "It has been deleted, it belongs to somebody else, or the link names one that never was."}
      </p>
      <Button onClick={onClose} className="mt-2">
        Close
      </Button>
    </Notice>
  );
}

export function NotLoaded({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Notice icon={CloudOff} title="The callback could not be loaded" tone="bad" className="h-full">
      <p className="text-muted">{error.message}</p>
      <Button onClick={onRetry} className="mt-2">
        Try again
      </Button>
    </Notice>
  );
}
