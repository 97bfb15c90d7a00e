import { DISK_MOUNT } from "../core/node/layout";
import { commandName, parseCommandName } from "../core/node/phases";
import { type Difference, differ } from "./checks";
import type { DeclaredMember } from "./declared";
import type { ObservedNode } from "./observed";

/** Ends of etcd that a restart does not fix; what 3.4's data can do to members: docs/operate/upgrade.md. */
export function endsOfEtcd({ controller, install }: DeclaredMember, node: ObservedNode): Difference[] {
  const ended = node.fact("ended") ?? "";
  const marked = node.fact("marked") ?? "";
  const converge = commandName(parseCommandName(install)?.index ?? 0, "converge");
  const onItsData = {
    found: "etcd cannot start on its own data",
    fix: `without a healthy quorum of other members, this may be the only copy: copy it first, see docs/operate/restore.md. When every other member is healthy, on ${controller}: sudo systemctl stop etcd && sudo mv ${DISK_MOUNT}/data/member ${DISK_MOUNT}/archive-$(date -u +%Y%m%dT%H%M%SZ); then: pulumi up --replace '**::${converge}'`,
  };
  const asRemoved = {
    found: "another member called this one removed",
    fix: "see docs/operate/upgrade.md#way-back",
  };
  return [
    ...differ("end of etcd", "", ended).map((difference) => ({
      ...difference,
      ...(ended === "on its data" ? onItsData : asRemoved),
    })),
    ...differ("members marked as removed in its data", "", marked).map((difference) => ({
      ...difference,
      fix: "before 3.6, see docs/operate/upgrade.md#members-marked-as-removed",
    })),
  ];
}
