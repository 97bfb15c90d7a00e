import { parseCidr, parseIpv4 } from "../../../core/cidr";
import type { FirewallRule } from "../../hosts/backend";
import type { ApiContext, Collection } from "../collection";
import { ApiError, invalid } from "../errors";
import { runningHosts } from "../hostSpec";
import { linkedPath, selfLink, toPath } from "../paths";
import { mustExist } from "../references";
import type { Resource } from "../store";

export const firewalls: Collection = {
  name: "firewalls",
  scope: "global",
  kind: "compute#firewall",
  fields: [
    "name",
    "description",
    "network",
    "priority",
    "direction",
    "disabled",
    "allowed",
    "denied",
    "sourceRanges",
    "sourceTags",
    "targetTags",
    "sourceServiceAccounts",
    "targetServiceAccounts",
    "destinationRanges",
    "logConfig",
  ],
  required: ["name", "network"],
  patchable: [
    "description",
    "priority",
    "disabled",
    "allowed",
    "denied",
    "sourceRanges",
    "sourceTags",
    "targetTags",
    "logConfig",
  ],
  complete: (body, at, context) => {
    const network = toPath(body.network, at.project, "resource.network");
    mustExist(network, context);
    const sources = [body.sourceRanges, body.sourceTags, body.sourceServiceAccounts];
    const open = (body.direction ?? "INGRESS") === "INGRESS" && sources.every((s) => s === undefined);
    return checked({
      direction: "INGRESS",
      priority: 1000,
      disabled: false,
      logConfig: { enable: false },
      ...(open ? { sourceRanges: ["0.0.0.0/0"] } : {}),
      ...body,
      network: selfLink(network),
    });
  },
  patched: checked,
  created: (_path, _resource, context) => enforceFirewall(context),
  changed: (_path, _resource, context) => enforceFirewall(context),
  deleted: (_path, context) => enforceFirewall(context),
};

/** @throws 400 for a rule that GCE refuses, 501 for one that the lab's hosts cannot enforce. */
function checked(rule: Resource): Resource {
  if ((rule.allowed === undefined) === (rule.denied === undefined)) {
    throw new ApiError(
      400,
      "invalid",
      "Exactly one of 'allowed' and 'denied' must be specified for a firewall rule.",
    );
  }
  for (const [index, range] of ((rule.sourceRanges as string[] | undefined) ?? []).entries()) {
    if (!isIpv6(range) && !parseCidr(range) && parseIpv4(range) === undefined)
      throw invalid(`resource.sourceRanges[${index}]`, range, "Must be a CIDR address range.");
  }
  const foreign = ["sourceServiceAccounts", "targetServiceAccounts"].find(
    (field) => rule[field] !== undefined,
  );
  const missing = rule.direction === "EGRESS" ? "egress rules" : foreign;
  if (missing)
    throw new ApiError(501, "notImplemented", `the lab does not implement ${missing} of global/firewalls`);
  return rule;
}

/** Puts every rule in force on every running host. */
export async function enforceFirewall(context: ApiContext): Promise<void> {
  const rules = context.store
    .list("projects/")
    .filter(({ path }) => path.includes("/global/firewalls/"))
    .map(({ resource }) => toRule(resource));
  await context.backend.applyFirewall(rules, runningHosts(context.store));
}

function isIpv6(range: string): boolean {
  return range.includes(":");
}

function toRule(resource: Resource): FirewallRule {
  const action = resource.allowed === undefined ? "deny" : "allow";
  const protocols = (resource.allowed ?? resource.denied) as { IPProtocol: string; ports?: string[] }[];
  const list = (field: string) => (resource[field] as string[] | undefined) ?? [];
  return {
    name: String(resource.name),
    network: linkedPath(resource.network),
    priority: Number(resource.priority),
    direction: resource.direction as FirewallRule["direction"],
    action,
    disabled: resource.disabled === true,
    // The lab's network has IPv4 only, so nothing comes from the other ranges.
    sourceRanges: list("sourceRanges").filter((range) => !isIpv6(range)),
    sourceTags: list("sourceTags"),
    targetTags: list("targetTags"),
    protocols: protocols.map(({ IPProtocol, ports }) => ({
      protocol: IPProtocol.toLowerCase(),
      ports: ports ?? [],
    })),
  };
}
