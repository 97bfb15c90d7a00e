import { existsSync } from "node:fs";
import { BRIDGE, GATEWAY, LAB_NETNS, METADATA_IP, machineName, vethName } from "./names";
import { attempt, run } from "./run";

/** Makes the lab's namespace and bridge. Nothing in it has a route out of the machine. */
export async function createLabNetwork(): Promise<void> {
  if (!existsSync(`/run/netns/${LAB_NETNS}`)) await run("ip", ["netns", "add", LAB_NETNS]);
  const ip = (...args: string[]) => run("ip", ["-n", LAB_NETNS, ...args]);
  await ip("link", "set", "lo", "up");
  if (await attempt("ip", ["-n", LAB_NETNS, "link", "show", BRIDGE])) return;
  await ip("link", "add", BRIDGE, "type", "bridge");
  await ip("addr", "add", `${GATEWAY}/24`, "dev", BRIDGE);
  await ip("addr", "add", `${METADATA_IP}/32`, "dev", BRIDGE);
  await ip("link", "set", BRIDGE, "up");
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
  await ip("route", "add", "default", "via", GATEWAY);
}

/** Takes a host's namespace and interface away. */
export async function removeHostNetwork(host: string): Promise<void> {
  const netns = machineName(host);
  if (existsSync(`/run/netns/${netns}`)) await attempt("ip", ["netns", "del", netns]);
}
