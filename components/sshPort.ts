import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How old a VM may be that is waited for: one that has booted long ago and says nothing may be off. */
const NEW_MS = 600_000;

/** After it Pulumi dials all the same, and says what is wrong. */
const PATIENCE_MS = 60_000;

const POLL_MS = 200;
const DIAL_MS = 2_000;

/**
 * Waits until a VM that this run has made listens on its SSH port. Pulumi's own dials come at ever longer intervals, up
 * to 5 s, and with a VM that is replaced a member is away meanwhile.
 *
 * @param created when the VM was made, as RFC 3339.
 */
export async function waitForNewVm(
  host: string,
  created: string | undefined,
  { port = 22, patienceMs = PATIENCE_MS } = {},
): Promise<void> {
  const age = Date.now() - Date.parse(created ?? "");
  if (!(Math.abs(age) < NEW_MS)) return;
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(POLL_MS)) {
    if (await listens(host, port)) return;
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DIAL_MS });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
