// Fails the build when the first load sends more JavaScript than the budget allows.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
// What a phone on a slow link still starts in about two seconds.
const budgetBytes = 250_000;

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const entry = Object.values(manifest).find((chunk) => chunk.isEntry);

/** The entry and all that it imports statically, each once. */
function firstLoad(chunk, seen = new Set()) {
  seen.add(chunk.file);
  for (const name of chunk.imports ?? []) firstLoad(manifest[name], seen);
  return seen;
}

let total = 0;
for (const file of [...firstLoad(entry), "theme.js"]) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(
  `${(total / 1000).toFixed(1).padStart(8)} kB  first load, of ${budgetBytes / 1000} kB allowed`,
);
if (total > budgetBytes) process.exit(1);
