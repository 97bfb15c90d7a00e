import { existsSync } from "node:fs";
import type { HostSpec } from "./backend";
import {
  BRIDGE,
  ENGINE_PUBLIC_IP,
  EXTERNAL_RANGES,
  GATEWAY,
  LAB_NETNS,
  METADATA_IP,
  machineName,
  vethName,
} from "./names";
import { nft } from "./namespaces";
import { attempt, run } from "./run";

const EXTERNAL_TABLE = "gce_external";

/** Makes the lab's namespace and bridge. Nothing in it has a route out of the machine. */
export async function createLabNetwork(): Promise<void> {
  if (!existsSync(`/run/netns/${LAB_NETNS}`)) await run("ip", ["netns", "add", LAB_NETNS]);
  const ip = (...args: string[]) => run("ip", ["-n", LAB_NETNS, ...args]);
  await ip("link", "set", "lo", "up");
  if (await attempt("ip", ["-n", LAB_NETNS, "link", "show", BRIDGE])) return;
  await ip("link", "add", BRIDGE, "type", "bridge");
  await ip("addr", "add", `${GATEWAY}/24`, "dev", BRIDGE);
  await ip("addr", "add", `${METADATA_IP}/32`, "dev", BRIDGE);
  await ip("addr", "add", `${ENGINE_PUBLIC_IP}/32`, "dev", BRIDGE);
  await ip("link", "set", BRIDGE, "up");
  for (const range of EXTERNAL_RANGES)
    await ip("route", "add", range, "dev", BRIDGE, "src", ENGINE_PUBLIC_IP);
}

/** Puts the external addresses of the hosts in force: whoever dials one from the lab's namespace reaches its host. */
export async function translateExternalAddresses(hosts: readonly HostSpec[]): Promise<void> {
  await nft(LAB_NETNS, renderExternalAddresses(hosts));
}

/** The nft script that translates external addresses; connections to one that is gone end. Exported for its test. */
export function renderExternalAddresses(hosts: readonly HostSpec[]): string {
  const pairs = hosts.flatMap(({ externalIp, ip }) => (externalIp ? [{ externalIp, ip }] : []));
  const set = (elements: string[]) => `{ ${elements.join(", ")} }`;
  const known = pairs.length > 0 ? `ct original ip daddr != ${set(pairs.map((p) => p.externalIp))} ` : "";
  return [
    `table ip ${EXTERNAL_TABLE}`,
    `delete table ip ${EXTERNAL_TABLE}`,
    `table ip ${EXTERNAL_TABLE} {`,
    "  chain translate {",
    "    type nat hook output priority -100;",
    ...(pairs.length > 0
      ? [`    dnat to ip daddr map ${set(pairs.map((p) => `${p.externalIp} : ${p.ip}`))}`]
      : []),
    "  }",
    "  chain gone {",
    "    type filter hook output priority 0;",
    `    ct status dnat ${known}drop`,
    "  }",
    "}",
    "",
  ].join("\n");
}

/** Gives a host its own namespace, with one interface on the bridge. */
export async function createHostNetwork(host: string, address: string): Promise<void> {
  const netns = machineName(host);
  const veth = vethName(address);
  await removeHostNetwork(host);
  await run("ip", ["netns", "add", netns]);
  await attempt("ip", ["-n", LAB_NETNS, "link", "del", veth]);
  // Made where the bridge is; the other end is moved.
  await run("ip", [
    "-n",
    LAB_NETNS,
    "link",
    "add",
    veth,
    "type",
    "veth",
    "peer",
    "name",
    "host0",
    "netns",
    netns,
  ]);
  await run("ip", ["-n", LAB_NETNS, "link", "set", veth, "master", BRIDGE, "up"]);
  const ip = (...args: string[]) => run("ip", ["-n", netns, ...args]);
  await ip("link", "set", "lo", "up");
  await ip("addr", "add", `${address}/24`, "dev", "host0");
  await ip("link", "set", "host0", "up");
  // A host of a different subnet from the bridge's has its gateway on the link as well, and the bridge a route to it.
  await ip("route", "add", "default", "via", GATEWAY, "dev", "host0", "onlink");
  await run("ip", ["-n", LAB_NETNS, "route", "replace", `${address}/32`, "dev", BRIDGE]);
}

/** Takes a host's namespace and interface away. */
export async function removeHostNetwork(host: string): Promise<void> {
  const netns = machineName(host);
  if (existsSync(`/run/netns/${netns}`)) await attempt("ip", ["netns", "del", netns]);
}
