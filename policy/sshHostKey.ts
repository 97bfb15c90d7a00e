import { record } from "../core/json";
import { UNKNOWN } from "./declared";

/** Whether a type of resource sends something by SSH: Command, CopyFile, CopyToRemote. */
export const dialsAHost = (type: string) => type.startsWith("command:remote:");

/** What is wrong with how a remote Command dials its host, one sentence each: every SSH host key is to be pinned. */
export function unpinnedHostKeys(props: Readonly<Record<string, unknown>>): string[] {
  // A preview does not know the address of a VM that does not exist yet; `up` checks again before it connects.
  if (props.connection === UNKNOWN) return [];
  const connection = record(props.connection);
  const { proxy } = connection;
  return [
    ...unpinned("connection", connection),
    ...(proxy === undefined ? [] : unpinned("connection.proxy", record(proxy))),
  ];
}

function unpinned(property: string, { hostKey }: Readonly<Record<string, unknown>>): string[] {
  if (typeof hostKey === "string" && hostKey !== "") return [];
  return [
    `${property}.hostKey: got none; give the host's public key, or whoever answers there gets the keys`,
  ];
}
