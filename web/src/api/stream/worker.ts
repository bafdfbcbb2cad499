// The SharedWorker: one for a person and a role, named by them, that holds the one stream of a browser.
import { Hub } from "./hub";
import type { ToHub } from "./messages";
import { readName } from "./name";

const scope = globalThis as unknown as { name: string; onconnect: (event: MessageEvent) => void };
const { person, role } = readName(scope.name);
const hub = new Hub(person, role);
let tabs = 0;

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (port === undefined) return;
  tabs += 1;
  const tab = String(tabs);
  port.onmessage = ({ data }: MessageEvent<ToHub>) =>
    hub.receive(tab, data, (message) => port.postMessage(message));
};
