import type { Conditions } from "./conditions";

/**
 * How many seconds Google's operations usually take, by collection and operation; `other` is every other one.
 * They are what published logs of applies show, such as `google_compute_router_nat.nat: Creation complete after
 * 12s`, less what the provider adds by asking every 10 s where it shows. A NAT is a PATCH of its router.
 */
const SECONDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  networks: { insert: 12, delete: 12, other: 8 },
  subnetworks: { insert: 12, delete: 12, other: 8 },
  routers: { insert: 4, patch: 12, delete: 4, other: 4 },
  firewalls: { insert: 8, delete: 8, other: 8 },
  addresses: { insert: 3, delete: 3, other: 2 },
  disks: { insert: 3, delete: 3, other: 2 },
  instances: {
    insert: 12,
    delete: 20,
    start: 12,
    stop: 20,
    reset: 3,
    attachDisk: 3,
    detachDisk: 3,
    other: 2,
  },
};

/** From the end of an instance's insert or start until its sshd answers. */
const BOOT_SECONDS = 15;

/**
 * The states in which an instance, disk or address is seen during an operation, and last the one afterwards.
 * https://cloud.google.com/compute/docs/instances/instance-lifecycle
 */
const STATES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  instances: {
    insert: ["PROVISIONING", "STAGING", "RUNNING"],
    start: ["PROVISIONING", "STAGING", "RUNNING"],
    stop: ["STOPPING", "TERMINATED"],
    delete: ["STOPPING"],
  },
  disks: { insert: ["CREATING", "READY"], delete: ["DELETING"] },
  addresses: { insert: ["RESERVING", "RESERVED"] },
};

/** How long an operation takes, in milliseconds. */
export function durationMs({ latency }: Conditions, collection: string, operation: string): number {
  if (latency === "none") return 0;
  const seconds = SECONDS[collection] ?? {};
  return (seconds[operation] ?? seconds.other ?? 0) * 1000;
}

/** From the request for an instance until its host is started, in milliseconds. */
export function bootMs(conditions: Conditions): number {
  return conditions.latency === "none"
    ? 0
    : durationMs(conditions, "instances", "start") + BOOT_SECONDS * 1000;
}

/** The states that an operation goes through; none when there is nothing to be seen of it. */
export function statesOf(collection: string, operation: string): readonly string[] {
  return STATES[collection]?.[operation] ?? [];
}
