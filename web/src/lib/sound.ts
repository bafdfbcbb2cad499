// Two short sounds, made on the spot: something came, and something is wrong. Browsers let a page sound only
// after a person has clicked or typed in it; until then playing does nothing.

export type SoundKind = "chime" | "alarm";

type Note = { hz: number; atS: number; forS: number; shape: OscillatorType; loud: number };

// A fifth upwards is heard as friendly; a falling second, twice and reedy, as trouble.
const notes: Record<SoundKind, readonly Note[]> = {
  chime: [
    { hz: 659.25, atS: 0, forS: 0.28, shape: "sine", loud: 0.8 },
    { hz: 987.77, atS: 0.11, forS: 0.42, shape: "sine", loud: 1 },
  ],
  alarm: [
    { hz: 493.88, atS: 0, forS: 0.16, shape: "triangle", loud: 1 },
    { hz: 440, atS: 0.14, forS: 0.2, shape: "triangle", loud: 1 },
    { hz: 493.88, atS: 0.4, forS: 0.16, shape: "triangle", loud: 1 },
    { hz: 440, atS: 0.54, forS: 0.24, shape: "triangle", loud: 1 },
  ],
};

// The loudest that is still pleasant with headphones on.
const fullGain = 0.32;
const attackS = 0.008;
// A device that is asleep takes this long to wake up; beyond it the moment has passed.
const wakeMs = 1_500;

let context: AudioContext | null = null;

/** To be called while a person clicks or types: some browsers open the device at no other time. */
export function unlockSound(): void {
  if (!("AudioContext" in globalThis)) return;
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume().catch(() => {});
}

/** Answers whether it could be heard. `volume` is from 0 to 1. */
export async function playSound(kind: SoundKind, volume: number): Promise<boolean> {
  const device = context;
  if (device === null || volume <= 0 || !(await isRunning(device))) return false;
  const out = device.createGain();
  // Ears hear ratios: half way along the slider should sound half as loud.
  out.gain.value = fullGain * volume ** 2;
  out.connect(device.destination);
  for (const note of notes[kind]) strike(device, out, note);
  return true;
}

async function isRunning(device: AudioContext): Promise<boolean> {
  if (device.state === "running") return true;
  const late = new Promise((resolve) => setTimeout(resolve, wakeMs));
  await Promise.race([device.resume().catch(() => {}), late]);
  return (device.state as AudioContextState) === "running";
}

function strike(device: AudioContext, out: GainNode, { hz, atS, forS, shape, loud }: Note): void {
  const begin = device.currentTime + atS;
  const tone = device.createOscillator();
  const hull = device.createGain();
  tone.type = shape;
  tone.frequency.value = hz;
  hull.gain.setValueAtTime(0, begin);
  hull.gain.linearRampToValueAtTime(loud, begin + attackS);
  hull.gain.exponentialRampToValueAtTime(0.001, begin + forS);
  tone.connect(hull).connect(out);
  tone.start(begin);
  tone.stop(begin + forS);
}
