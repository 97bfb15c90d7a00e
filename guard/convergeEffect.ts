import { refuseUpgrade } from "../core/etcd/upgrades";
import { parseVersion } from "../core/etcd/version";
import type { PhaseValues } from "../core/node/phases";
import type { Effect } from "./changeClass";
import type { Surroundings } from "./classify";
import { phaseIn } from "./printable";
import type { ResourceChange } from "./resourceChange";

/** What a member's convergence will do to its etcd, by the options that differ and the resources that it depends on. */
export function convergeEffect(change: ResourceChange, { facts, changes }: Surroundings): Effect {
  const member = change.role.member ?? "";
  if (change.op === "create") {
    return facts.isFirstCreation
      ? { class: "create", what: "member started", why: "a new cluster" }
      : { class: "create", what: "joins as a learner", why: "promoted when it has caught up" };
  }
  if (change.op === "delete")
    return { class: "destructive", what: "member leaves", why: "no longer declared" };
  const version = facts.versions.get(member);
  if (version?.old !== version?.new) {
    const what = `etcd ${version?.old ?? "unknown"} → ${version?.new ?? "unknown"}`;
    const why = `${wayBack(version?.old, version?.new)}restarts when all others are healthy, a leader hands over first`;
    return { class: "rolling", what, why };
  }
  if (trustChanges({ facts, changes })) {
    return { class: "rolling", what: "restart for the CA bundle", why: "etcd reads it at its start only" };
  }
  if (facts.downMembers.includes(member)) {
    return { class: "none", what: "phases run on the new VM", why: "" };
  }
  return byOptions(
    change,
    changes.filter((c) => c.role.member === member),
  );
}

function wayBack(from = "", to = ""): string {
  const [old, wanted] = [from, to].map(parseVersion);
  if (!old || !wanted || old.minor === wanted.minor) return "";
  if (wanted.minor < old.minor) return "etcd's own downgrade, which etcd may refuse: ";
  const isOneWay = refuseUpgrade(wanted, old) !== undefined;
  return isOneWay ? "no way back once every member runs it, except a snapshot: save one first; " : "";
}

function byOptions(change: ResourceChange, own: readonly ResourceChange[]): Effect {
  const before = phaseIn("converge", change.old?.inputs);
  const after = phaseIn("converge", change.new?.inputs);
  const differs = (name: keyof PhaseValues<"converge">) => before && after && before[name] !== after[name];
  const changes = (kind: string) => own.some((c) => c.role.kind === kind && c.op !== "same");
  if (differs("config")) {
    return {
      class: "rolling",
      what: "etcd configuration",
      why: "unit, etcd.env or build differ: it restarts",
    };
  }
  // A new certificate hides the whole command until `up`; what install sends shows a new configuration.
  if (!after && changes("install")) {
    return {
      class: "rolling",
      what: "scripts or etcd configuration",
      why: "it restarts if its configuration differs",
    };
  }
  if (differs("pki") || changes("leaf")) {
    return { class: "hot", what: "certificate renewed", why: "etcd reads it again at each TLS handshake" };
  }
  if (differs("members")) {
    return { class: "hot", what: "member list in its configuration", why: "etcd needs no restart for it" };
  }
  return { class: "none", what: "converge phase updated", why: "it finds nothing to restart for" };
}

function trustChanges({ facts, changes }: Surroundings): boolean {
  const { oldTrusted, newTrusted, replaced } = facts.ca;
  // Without old outputs and old steps nothing is known to have been trusted before.
  const isKnown = oldTrusted.length > 0 || changes.some((c) => c.role.kind === "ca");
  return isKnown && (replaced.length > 0 || oldTrusted.join() !== newTrusted.join());
}
