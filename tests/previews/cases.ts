import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declareControllers } from "../../core/etcd/topology";
import { dataLoss } from "../../core/node/dataDisk";
import { SETTINGS } from "../../core/settings";

/** A preview to be recorded. */
export interface PreviewCase {
  readonly name: string;
  /** Settings of the program; what is not named is the lab's. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Settings that the stack does not have. */
  readonly unset?: readonly string[];
  /** Changes of the program's text: file, the old text, the new text. */
  readonly program?: readonly (readonly [file: string, from: string, to: string])[];
  /** Logical names of resources that are replaced by the flag. */
  readonly replace?: readonly string[];
  /** The version that the state says the members run, where the lab has no such release. */
  readonly ran?: string;
}

/** Before the first `up`. */
export const OF_NOTHING: readonly PreviewCase[] = [{ name: "first-up" }];

const disks = (type: string) =>
  Object.fromEntries(
    declareControllers(SETTINGS.controllerCount.default, SETTINGS.zones.default).map(({ name, zone }) => [
      name,
      { type, zone, sizeGb: SETTINGS.dataDiskSizeGb.default, kmsKey: "" },
    ]),
  );
/** Data disks of another type, with the word for it that the program wants. */
const OTHER_DISKS = {
  dataDiskType: "pd-balanced",
  acceptDataLoss: dataLoss(disks("pd-ssd"), disks("pd-balanced"))?.consent ?? "",
};

/** What gives a stack a version that sets none. */
const VERSION_DEFAULT = /^ {2}etcd-on-gce:etcdVersion:\n(?: {4}.*\n)+/m.exec(
  readFileSync(join(__dirname, "../../Pulumi.yaml"), "utf8"),
)?.[0] as string;

const LEAF = "etcd-pki-controller-1";

/** Of three members of 3.4.23. */
export const OF_THREE: readonly PreviewCase[] = [
  { name: "nothing" },
  { name: "quota", settings: { quotaBackendBytes: "4294967296" } },
  {
    name: "quota-version-trust",
    settings: {
      quotaBackendBytes: "4294967296",
      etcdVersion: "3.5.33",
      "caTrusted[0]": "1",
      "caTrusted[1]": "2",
    },
  },
  { name: "version", settings: { etcdVersion: "3.5.33" } },
  { name: "labels", settings: { "labels.team": "storage" } },
  { name: "ssh-ranges", settings: { "sshSourceRanges[0]": "192.0.2.0/24" } },
  { name: "data-disk-grows", settings: { dataDiskSizeGb: "100" } },
  { name: "certificates", settings: { certValidityHours: "4380" } },
  { name: "one-certificate", replace: [LEAF] },
  { name: "more-names", settings: { "extraSans[0]": "etcd.example.com" } },
  { name: "trust", settings: { "caTrusted[0]": "1", "caTrusted[1]": "2" } },
  { name: "grow", settings: { controllerCount: "5" } },
  { name: "outputs", settings: { exportCaKey: "true" } },
  { name: "external", settings: { sshReach: "external", "sshSourceRanges[0]": "192.0.2.1/32" } },
  { name: "deletion-protection", settings: { deletionProtection: "true" } },
  {
    name: "script",
    program: [["remote/converge.sh", 'log "runs what is declared"', 'log "nothing to restart for"']],
  },
  {
    name: "unit",
    program: [["remote/etcd.service", "RestartSec=5", "RestartSec=10"]],
  },
  { name: "several-members-down", settings: { machineType: "e2-standard-4" } },
  {
    name: "several-members-replaced",
    settings: { image: "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts" },
  },
  {
    name: "data-disk-deleted",
    program: [["components/controllerVm.ts", "this.name}-data`", "this.name}-etcd`"]],
  },
  { name: "data-disk-replaced", settings: OTHER_DISKS },
  { name: "etcd-minor-skipped", settings: { etcdVersion: "3.6.14" } },
  { name: "etcd-downgraded", settings: { etcdVersion: "3.4.10" } },
  { name: "etcd-upgrade-floor", settings: { etcdVersion: "3.6.14" }, ran: "3.5.26" },
  {
    name: "etcd-version-hidden",
    unset: ["etcdVersion"],
    settings: { certValidityHours: "4380" },
    program: [
      [
        "index.ts",
        "stackSettings()",
        '{ ...stackSettings(), etcdVersion: "3.5.33", etcdSha256: "0".repeat(64) }',
      ],
      ["Pulumi.yaml", VERSION_DEFAULT, ""],
    ],
  },
  { name: "ca-swapped", replace: ["etcd-pki-ca-1-key"] },
  { name: "ca-no-overlap", settings: { "caTrusted[0]": "2", caActive: "2" } },
  { name: "ca-active-too-early", settings: { "caTrusted[0]": "1", "caTrusted[1]": "2", caActive: "2" } },
  {
    name: "controllers-even",
    settings: { controllerCount: "4" },
    program: [["core/settings/machines.ts", "![1, 3, 5, 7].includes(count)", "count < 1"]],
  },
  {
    name: "founders-changed",
    program: [["components/etcdCluster.ts", "-founders`", "-first-members`"]],
  },
  { name: "peers-cut-off", program: [["components/network.ts", '["2379", "2380"]', '["2379"]']] },
  {
    name: "open-to-world",
    program: [["components/network.ts", "[...sshSourceRanges, subnetCidr]", '["0.0.0.0/0", subnetCidr]']],
  },
  {
    name: "unknown-command",
    program: [
      [
        "components/etcdCluster.ts",
        "    requireExport();",
        '    createCommand("debug", { connection: this.connections[0] as never, create: "sudo journalctl -u etcd", logging: "stderr" }, this, []);\n    requireExport();',
      ],
    ],
  },
  { name: "network-replaced", settings: { networkName: "etcd" } },
  { name: "address-replaced", replace: ["controller-1-address"] },
  {
    name: "cluster-destroyed",
    program: [["index.ts", 'new EtcdCluster("etcd", settings).outputs()', "{}"]],
  },
];

/** Of three members that are protected. */
export const OF_PROTECTED: readonly PreviewCase[] = [
  { name: "protected-deleted", settings: { deletionProtection: "true", ...OTHER_DISKS } },
];

/** Of five members of 3.4.23. */
export const OF_FIVE: readonly PreviewCase[] = [
  { name: "shrink", settings: { controllerCount: "3" } },
  { name: "quorum-shrunk", settings: { controllerCount: "1" } },
];
