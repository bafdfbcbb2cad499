// A device in words, from what a browser or program says of itself. It is a guess for people who want to
// tell their own sessions apart; nothing depends on it.

export type Device = { name: string; kind: "desk" | "phone" | "program" | "unknown" };

// Later names are also claimed by earlier ones: Edge says Chrome, Chrome says Safari.
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?(?:iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
];

const systems: readonly [RegExp, string, "desk" | "phone"][] = [
  [/\biPhone\b/, "iPhone", "phone"],
  [/\biPad\b/, "iPad", "phone"],
  [/\bAndroid\b/, "Android", "phone"],
  [/\bCrOS\b/, "ChromeOS", "desk"],
  [/\bWindows\b/, "Windows", "desk"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS", "desk"],
  [/\bLinux\b|\bX11\b/, "Linux", "desk"],
];

export function readDevice(userAgent: string): Device {
  const text = userAgent.trim();
  if (text === "") return { name: "Unknown device", kind: "unknown" };
  const browser = browsers.find(([pattern]) => pattern.test(text))?.[1];
  const system = systems.find(([pattern]) => pattern.test(text));
  if (browser === undefined) {
    // "curl/8.5.0" says by itself what it is.
    const program = /^[\w.-]{1,40}/.exec(text)?.[0];
    return { name: program ?? "Unknown device", kind: program ? "program" : "unknown" };
  }
  if (system === undefined) return { name: browser, kind: "desk" };
  return { name: `${browser} on ${system[1]}`, kind: system[2] };
}
