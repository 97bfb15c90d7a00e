import { createHash, X509Certificate } from "node:crypto";
import { parseMemberList } from "../core/contract/memberList";
import {
  BIN_DIR,
  DATA_DIR,
  DISK_MOUNT,
  DROP_IN_PATH,
  ETC_DIR,
  RELEASES_DIR,
  UNIT_PATH,
} from "../core/node/layout";
import type { DeclaredCluster, DeclaredMember } from "./declared";
import { endsOfEtcd } from "./ends";
import { declaredText, expectedFlags, expectedVariables, flagsOf, nodeEnv } from "./expectedProcess";
import type { ObservedNode } from "./observed";

/** One thing that is not as declared. */
export interface Difference {
  /** What was looked at, such as `unit ActiveState`. */
  readonly what: string;
  readonly declared: string;
  readonly found: string;
  /** What `pulumi up` does not fix, and how to fix it instead. */
  readonly fix?: string;
}

/** What is looked at on one member. */
interface Subject {
  readonly member: DeclaredMember;
  readonly node: ObservedNode;
  readonly cluster: DeclaredCluster;
  readonly now: Date;
}

type Check = (subject: Subject) => Difference[];

const LEAST_FREE_PERCENT = 5;
const CERTIFICATES = { ca: "ca.pem", cert: "kubernetes.pem", key: "kubernetes-key.pem" } as const;

/** Every check on a member, in the order in which the table shows them. */
export const CHECKS: Readonly<Record<string, Check>> = {
  VM: ({ member, node }) => [
    ...differ("hostname", member.controller, node.fact("hostname")),
    ...instanceId(member.instanceId, node.fact("instance")),
  ],
  files: ({ member, node }) =>
    liveFiles(member).flatMap(({ path, content, access }) =>
      differ(path, `${sha256(content)} ${access}`, node.file(path)),
    ),
  unit: ({ node }) => [
    ...Object.entries(UNIT_PROPERTIES).flatMap(([name, value]) =>
      differ(`unit ${name}`, value, node.fact(`unit.${name}`) ?? "unknown"),
    ),
    ...differ("unit DropInPaths", "", foreignDropIns(node)).map((difference) => ({
      ...difference,
      fix: "remove the drop-in and run `systemctl daemon-reload`: `pulumi up` leaves it alone",
    })),
  ],
  binary: ({ member, node }) => {
    const release = `${RELEASES_DIR}/v${member.version}`;
    return [
      ...differ(`${BIN_DIR}/etcd`, `${release}/etcd`, node.fact(`link ${BIN_DIR}/etcd`)),
      ...differ(`${BIN_DIR}/etcdctl`, `${release}/etcdctl`, node.fact(`link ${BIN_DIR}/etcdctl`)),
      ...differ("tarball's sha256", member.sha256, node.fact("release-sha256")),
      ...differ("binary of the process", `${release}/etcd`, node.fact("exe")),
    ];
  },
  process: ({ member, node }) => [
    ...differ(
      "flags of the process",
      expectedFlags(member).join(" "),
      flagsOf(node.fact("cmdline") ?? "").join(" "),
    ),
    ...differ("ETCD_ variables of the process", expectedVariables(member).join(" "), node.fact("environ")),
    ...differ(
      "what the process was started with",
      node.fact("declared-fingerprint") ?? "unknown",
      node.fact("started-with"),
    ),
  ],
  "certificate files": ({ member, node }) =>
    Object.entries(CERTIFICATES).flatMap(([part, file]) => {
      const content = member.certificates[part as keyof typeof CERTIFICATES];
      return differ(
        `${ETC_DIR}/${file}`,
        `${sha256(content)} 0640 root:etcd`,
        node.file(`${ETC_DIR}/${file}`),
      );
    }),
  "served certificate": ({ member, node, now }) => {
    const leaf = new X509Certificate(member.certificates.cert);
    const ended = Date.parse(leaf.validTo) <= now.getTime();
    const declared = createHash("sha256").update(leaf.raw).digest("hex");
    return [
      ...["2379", "2380"].flatMap((port) =>
        differ(`certificate on port ${port}`, declared, node.fact(`served ${port}`)),
      ),
      ...(ended ? [{ what: "certificate", declared: "valid", found: `ended on ${leaf.validTo}` }] : []),
    ];
  },
  "data disk": ({ node }) => [
    ...differ(`${DATA_DIR} on the data disk`, "mounted", node.fact("data-mount")),
    ...differ(DATA_DIR, "0700 etcd:etcd", node.fact("data-mode")),
    ...differ("write-ahead log", "present", node.fact("wal")),
    ...lackOfRoom(node.fact("data-free") ?? ""),
  ],
  version: ({ member, node }) => [
    ...differ("etcd server", member.version, node.fact("version")),
    ...differ("etcd cluster", minorOf(member.version), minorOf(node.fact("cluster-version") ?? "")),
  ],
  health: ({ member, node }) => [
    ...byHand(differ("endpoint health", "healthy", node.fact("health"))),
    ...byHand(differ("alarms", "", node.fact("alarms"))),
    ...endsOfEtcd(member, node),
  ],
  "member list": ({ node, cluster }) => memberDifferences(cluster, node.memberList),
};

const UNIT_PROPERTIES = {
  LoadState: "loaded",
  ActiveState: "active",
  SubState: "running",
  UnitFileState: "enabled",
  NeedDaemonReload: "no",
  FragmentPath: UNIT_PATH,
} as const;

/** Our own is among the files that are looked at. */
function foreignDropIns(node: ObservedNode): string {
  const paths = (node.fact("unit.DropInPaths") ?? "").split(" ");
  return paths.filter((path) => path !== DROP_IN_PATH).join(" ");
}

/** `up` adapts to a replaced VM; a silent metadata server does not mean that the VM was replaced. */
function instanceId(declared: string, found: string | undefined): Difference[] {
  const differences = differ("instance ID", declared, found);
  return found ? differences : byHand(differences);
}

/** What no phase fixes while its cause is there: a partition, a frozen or starved machine, a full database. */
function byHand(differences: readonly Difference[]): Difference[] {
  return differences.map((difference) => ({ ...difference, fix: "see docs/operate/troubleshooting.md" }));
}

/** etcd stops when its disk is full; a snapshot before a change also needs space. */
function lackOfRoom(freePercent: string): Difference[] {
  if (/^\d+$/.test(freePercent) && Number(freePercent) >= LEAST_FREE_PERCENT) return [];
  return [
    {
      what: "space on the data disk",
      declared: `${LEAST_FREE_PERCENT} % free or more`,
      found: freePercent === "" ? "unknown" : `${freePercent} % free`,
      fix: `remove old snapshots and \`archive-TIME\` folders below ${DISK_MOUNT}, or raise dataDiskSizeGb`,
    },
  ];
}

/** What every member must say alike: the same cluster and the same leader. */
export function clusterDifferences(nodes: ReadonlyMap<string, ObservedNode>): Difference[] {
  return (["cluster-id", "leader"] as const).flatMap((name) => {
    const values = [...nodes].map(([controller, node]) => [controller, node.fact(name) || "none"] as const);
    const isOne = new Set(values.map(([, value]) => value)).size <= 1;
    const isKnown = values.every(([, value]) => !["none", "0"].includes(value));
    if (isOne && isKnown) return [];
    const found = values.map(([controller, value]) => `${controller}: ${value}`).join(", ");
    const what = name === "leader" ? "leader" : "cluster ID";
    return byHand([{ what, declared: "one, the same on every member", found }]);
  });
}

/** Members that the last `up` has begun with and not brought through every phase. */
export function unfinishedMembers({ toCome }: DeclaredCluster): Difference[] {
  if (toCome.length === 0) return [];
  const found = `still to come: ${toCome.join(", ")}`;
  return [{ what: "the last `pulumi up`", declared: "succeeded", found, fix: "run `pulumi up` to its end" }];
}

/** Certificates that end within so many days, those of the clients and the CAs among them. */
export function endingCertificates(cluster: DeclaredCluster, now: Date, days: number): Difference[] {
  const limit = now.getTime() + days * 24 * 3_600_000;
  return Object.entries(cluster.certificateExpiry).flatMap(([name, end]) => {
    if (Date.parse(end) > limit) return [];
    const fix = name.startsWith("ca-")
      ? "see docs/operate/rotate-ca.md"
      : "run `pulumi up` within certEarlyRenewalHours of the expiry, see docs/operate/renew-certificates.md";
    const declared = days > 0 ? `valid for ${days} more ${days === 1 ? "day" : "days"}` : "valid";
    return [{ what: `certificate ${name}`, declared, found: `expires on ${end}`, fix }];
  });
}

/** The files that observe.sh is asked for. */
export function observedPaths(member: DeclaredMember): string[] {
  return [
    ...liveFiles(member).map(({ path }) => path),
    ...Object.values(CERTIFICATES).map((file) => `${ETC_DIR}/${file}`),
  ];
}

/** What was sent to the node, and what converge makes of it. */
function liveFiles(member: DeclaredMember): { path: string; content: string; access: string }[] {
  const sent = member.files.map(({ path, mode, content }) => ({
    path,
    content,
    access: `${mode} root:root`,
  }));
  const access = "0644 root:root";
  return [
    ...sent,
    { path: UNIT_PATH, content: declaredText(member, "etcd.service"), access },
    { path: `${ETC_DIR}/etcd.env`, content: declaredText(member, "etcd.env"), access },
    { path: `${ETC_DIR}/node.env`, content: nodeEnv(member), access },
  ];
}

function memberDifferences(cluster: DeclaredCluster, list: string): Difference[] {
  if (list === "")
    return byHand([{ what: "member list", declared: lines(cluster.memberList), found: "no answer" }]);
  return differ("member list", lines(declaredMembers(cluster)), lines(parseMemberList(list)));
}

/** The list of the last `up`, with the declared names: a member chooses its own, and may have done so before it. */
function declaredMembers({ memberList, members }: DeclaredCluster): DeclaredCluster["memberList"] {
  return memberList.map((member) => {
    const own = members.find(({ ip }) => member.peerUrls.includes(`https://${ip}:2380`));
    return own ? { ...member, name: own.controller } : member;
  });
}

function lines(members: DeclaredCluster["memberList"]): string {
  return members
    .map((m) => `${m.id} ${m.name || "unstarted"} ${m.peerUrls.join(",")}${m.isLearner ? " (learner)" : ""}`)
    .sort()
    .join("; ");
}

export function differ(what: string, declared: string, found: string | undefined): Difference[] {
  const live = found ?? "nothing";
  return declared === live ? [] : [{ what, declared: declared || "none", found: live || "nothing" }];
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
