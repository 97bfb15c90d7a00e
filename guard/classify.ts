import type { Effect } from "./changeClass";
import { convergeEffect } from "./convergeEffect";
import type { ClusterFacts } from "./facts";
import { printableChanges } from "./printable";
import type { ChangeOp, ResourceChange } from "./resourceChange";
import type { RoleKind } from "./role";
import { scriptsEffect } from "./rootScripts";
import { openings } from "./rules/exposure";
import { movesDataDisk, stoppingProperties } from "./stopping";

/** What is looked at besides the change itself. */
export interface Surroundings {
  readonly facts: ClusterFacts;
  readonly changes: readonly ResourceChange[];
}

/** A change with its effect on etcd. */
export type ClassifiedChange = ResourceChange & { readonly effect: Effect };

type Classify = (change: ResourceChange, around: Surroundings) => Effect;

const DONE: Readonly<Record<ChangeOp, string>> = {
  same: "unchanged",
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

const CLASSIFY: Readonly<Record<RoleKind, Classify>> = {
  stack: (c) => effect("none", `stack ${DONE[c.op]}`, "it is the list of outputs"),
  component: (c) => effect("none", `component ${DONE[c.op]}`, "it only groups resources"),
  provider: (c) =>
    isForeign(c)
      ? effect(
          "rolling",
          `provider ${c.name} from elsewhere`,
          "its plugin runs where Pulumi does: read the diff",
        )
      : effect("none", `provider ${DONE[c.op]}`, "what it does to resources is listed with them"),
  founders: (c) =>
    c.op === "create"
      ? effect("create", "founders recorded", "it says which members may create the cluster, once")
      : effect(
          "destructive",
          `record of the founders ${DONE[c.op]}`,
          "it keeps a cluster from being founded twice",
        ),
  vm: classifyVm,
  "data-disk": classifyDisk,
  address: (c) => foundation(c, "reserved address"),
  "external-address": (c) =>
    effect("none", `public address ${DONE[c.op]}`, "Pulumi connects to it, members use the internal ones"),
  vpc: (c) => foundation(c, "network"),
  subnet: (c) => foundation(c, "subnet"),
  "host-key": (c) => effect("none", `SSH host key ${DONE[c.op]}`, "a VM installs it at its next boot"),
  "deploy-key": (c) => effect("none", `SSH deploy key ${DONE[c.op]}`, "it is how phases reach the VMs"),
  install: (c) =>
    scriptsEffect(
      c,
      effect("none", `install phase ${DONE[c.op]}`, "it changes nothing that a running etcd uses"),
    ),
  bootstrap: (c) => effect("none", `bootstrap phase ${DONE[c.op]}`, "an update never starts or stops etcd"),
  converge: convergeEffect,
  membership: (_, { facts }) =>
    facts.removedMembers.length > 0
      ? effect(
          "rolling",
          `${facts.removedMembers.join(", ")} taken out of the membership`,
          "one at a time, followers first",
        )
      : effect("none", "member list read", "no member leaves"),
  ca: classifyCa,
  leaf: (c) =>
    effect(
      "hot",
      c.op === "create" ? "certificate made" : "certificate renewed",
      "etcd reads it again at each TLS handshake",
    ),
  "vm-gate": (c) =>
    scriptsEffect(
      c,
      effect("none", `look at the cluster ${DONE[c.op]}`, "before the first VM is stopped or replaced"),
    ),
  reach: (c) =>
    c.op !== "delete" && c.old?.inputs?.stdin !== c.new?.inputs?.stdin
      ? effect("rolling", "a script that runs on the bastion", "it changes nothing of the members: read it")
      : effect(
          "none",
          `wait for the VM's host key ${DONE[c.op]}`,
          "before Pulumi connects to a new VM through the bastion",
        ),
  "kubernetes-leaf": (c) =>
    effect(
      "hot",
      `API servers' certificate ${DONE[c.op]}`,
      "etcd is not touched; API servers take the new output",
    ),
  firewall: classifyFirewall,
  "way-out": (c) => effect("none", `NAT ${DONE[c.op]}`, "only downloads need it"),
  "service-account": (c) =>
    effect("none", `service account ${DONE[c.op]}`, "what it does to VMs is listed with them"),
  other: classifyOther,
};

/** The effect of one change on etcd. */
export function classify(change: ResourceChange, around: Surroundings): Effect {
  if (change.op === "same") return unchanged(change);
  const classified = CLASSIFY[change.role.kind](change, around);
  if (change.isLeftover && change.role.kind !== "data-disk") {
    return effect("none", "leftover deleted", "an earlier replacement left it");
  }
  return isNew(change, around) ? { ...classified, class: "create" } : classified;
}

// A new CA generation makes members restart, a recreated VM was there before, and scripts run on what is there.
const NEVER_ONLY_NEW: readonly string[] = ["ca", "vm", "install", "vm-gate", "reach"];

function isNew({ op, role }: ResourceChange, { facts }: Surroundings): boolean {
  if (op !== "create" || ["other", "provider"].includes(role.kind)) return false;
  const joins = facts.addedMembers.includes(role.member ?? "");
  return facts.isFirstCreation || joins || !NEVER_ONLY_NEW.includes(role.kind);
}

/** True for a provider whose plugin does not come from where the engine takes it from by itself. */
function isForeign({ new: now }: ResourceChange): boolean {
  const { pluginDownloadURL, __internal: internal } = now?.inputs ?? {};
  return pluginDownloadURL !== undefined || JSON.stringify(internal ?? {}).includes("pluginDownloadURL");
}

function effect(kind: Effect["class"], what: string, why: string): Effect {
  return { class: kind, what, why };
}

function unchanged({ old, new: now }: ResourceChange): Effect {
  const isFreed = old?.protect === true && now?.protect !== true;
  return effect(
    "none",
    isFreed ? "protection taken off" : "unchanged",
    isFreed ? "a later run may delete it" : "",
  );
}

function classifyVm(change: ResourceChange, { facts }: Surroundings): Effect {
  const member = change.role.member ?? "";
  const values = valuesOf(change);
  const only = facts.oldMembers.length === 1 ? "; it is the only member, etcd is down meanwhile" : "";
  if (change.op === "create") {
    return facts.oldMembers.includes(member)
      ? effect("vm-down", "VM recreated", `it is gone; the new one takes the kept data disk${only}`)
      : effect("create", "VM created", "a new controller");
  }
  if (change.op === "replace") {
    return effect(
      "vm-down",
      `VM replaced${values || reasons(change)}`,
      `its data disk is kept, it comes back with its data${only}`,
    );
  }
  if (change.op === "delete") return effect("destructive", "VM deleted", "the member leaves");
  const stopping = stoppingProperties(change);
  if (stopping.length > 0) {
    const refused =
      change.new?.inputs?.allowStoppingForUpdate === true
        ? ""
        : "; `up` refuses it without allowStoppingForUpdate";
    return effect(
      "vm-down",
      `VM stopped${values || ` for ${stopping.join(", ")}`}`,
      `GCE changes it on a stopped VM only${refused}${only}`,
    );
  }
  if (movesDataDisk(change)) {
    return effect("vm-down", "data disk attached again", `etcd loses its disk while it runs${only}`);
  }
  if (change.paths.some(({ path }) => path.startsWith("metadata"))) {
    return effect(
      "rolling",
      "VM metadata updated",
      "it says who may log in, and what root runs at the next boot",
    );
  }
  return effect("none", "VM updated in place", "GCE changes it on the running VM");
}

function classifyDisk(change: ResourceChange): Effect {
  if (change.op === "create") return effect("create", "data disk created", "empty");
  if (change.op === "update")
    return effect("hot", `data disk updated${valuesOf(change)}`, "in place; it keeps its data");
  return effect(
    "destructive",
    `data disk ${DONE[change.op]}${change.op === "delete" ? "" : valuesOf(change)}`,
    "its etcd data is deleted with it",
  );
}

function classifyCa(change: ResourceChange, { facts }: Surroundings): Effect {
  const name = `CA generation ${change.role.caGeneration}`;
  const why = "etcd reads the CA bundle at its start only";
  const isRecreated = change.op !== "update" && facts.ca.replaced.includes(change.role.caGeneration ?? 0);
  if (isRecreated || change.op === "replace") {
    const apart = "members with the old and the new one do not trust each other";
    return effect("destructive", `${name} recreated`, apart);
  }
  if (change.op === "create") return effect("rolling", `${name} trusted`, why);
  if (change.op === "delete") return effect("rolling", `${name} no longer trusted`, why);
  return effect("none", `${name} updated`, "its certificate stays");
}

function classifyFirewall(change: ResourceChange): Effect {
  const { ports } = openings({ ...(change.old?.inputs ?? change.new?.inputs), sourceRanges: [] });
  if (ports.includes(2380) && (change.op === "replace" || change.op === "delete")) {
    return effect(
      "destructive",
      `peer firewall rule ${DONE[change.op]}`,
      "without it the members do not reach each other",
    );
  }
  return effect(
    "hot",
    `firewall rule ${change.name} ${DONE[change.op]}`,
    "it takes effect at once; no member restarts",
  );
}

function foundation(change: ResourceChange, what: string): Effect {
  const isGone = change.op === "replace" || change.op === "delete";
  return isGone
    ? effect("destructive", `${what} ${DONE[change.op]}`, "members stand on it")
    : effect("none", `${what} ${DONE[change.op]}`, "in place");
}

function classifyOther(change: ResourceChange): Effect {
  const isGone = change.op === "replace" || change.op === "delete";
  const why = "the guard does not know this resource: read the diff";
  return effect(isGone ? "destructive" : "rolling", `${change.name} ${DONE[change.op]}`, why);
}

function valuesOf(change: ResourceChange): string {
  const values = printableChanges(change).map(({ path, from, to }) => {
    return `${path.split(".").at(-1)} ${from ?? "unknown"} → ${to ?? "unknown"}`;
  });
  return values.length > 0 ? `: ${values.join(", ")}` : "";
}

function reasons(change: ResourceChange): string {
  const names = change.replaceReasons.filter((name) => /^\w{1,40}$/.test(name));
  return names.length > 0 ? ` for ${names.join(", ")}` : "";
}
