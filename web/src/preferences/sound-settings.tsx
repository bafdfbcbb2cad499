// A sound with each toast, and how loud.
import { Play } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { playSound, type SoundKind, unlockSound } from "@/lib/sound";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/section";
import { Setting } from "@/ui/setting";
import { Switch } from "@/ui/switch";
import type { SettingsProps } from "./settings-props";

export function SoundSettings({ preferences: { sound }, change }: SettingsProps) {
  const id = useId();
  const [unheard, setUnheard] = useState(false);
  const set = (next: Partial<typeof sound>) =>
    change((before) => ({ ...before, sound: { ...before.sound, ...next } }));

  async function play(kind: SoundKind) {
    unlockSound();
    setUnheard(!(await playSound(kind, sound.volume)));
  }
  function turn(on: boolean) {
    if (on) void play("chime");
    set({ on });
  }

  return (
    <Panel title="Sound">
      <Setting
        title="Play a sound"
        hint="Browsers keep a page silent until you have clicked or typed in it once."
        htmlFor={`${id}-on`}
        control={
          <Switch
            id={`${id}-on`}
            aria-describedby={`${id}-on-hint`}
            checked={sound.on}
            onChange={turn}
          />
        }
      >
        {sound.on && (
          <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">
            <Volume value={sound.volume} onChange={(volume) => set({ volume })} />
            <div className="flex gap-2">
              <Button onClick={() => void play("chime")}>
                <Play className="size-3.5" aria-hidden />
                Callback
              </Button>
              <Button onClick={() => void play("alarm")}>
                <Play className="size-3.5" aria-hidden />
                Invalid signature
              </Button>
            </div>
            {unheard && (
              <p role="status" className="w-full text-label text-warn">
                {sound.volume === 0
                  ? "The volume is at nothing."
                  : "This browser gave no sound: look for a muted tab, or for its setting for this site."}
              </p>
            )}
          </div>
        )}
      </Setting>
    </Panel>
  );
}

// A slider moves through many values on its way to the one that is meant.
const settledMs = 300;

function Volume({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const id = useId();
  const [moving, setMoving] = useState<number | null>(null);
  useEffect(() => {
    if (moving === null) return;
    const timer = setTimeout(() => {
      onChange(moving);
      setMoving(null);
    }, settledMs);
    return () => clearTimeout(timer);
  }, [moving, onChange]);
  const shown = moving ?? value;
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-label text-muted">
        Volume
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={shown}
        aria-valuetext={`${Math.round(shown * 100)} %`}
        onChange={(event) => setMoving(event.target.valueAsNumber)}
        className="w-36 cursor-pointer accent-accent"
      />
      <span className="w-10 text-label text-muted" aria-hidden>
        {Math.round(shown * 100)} %
      </span>
    </div>
  );
}
