/** What the change of a setting does to a running cluster, as docs/operate/change-settings.md says it, in its order. */
export const EFFECTS = {
  restart: "members restart, one after the other",
  build: "members restart, one after the other, when it is that of another build",
  upgrade: "members restart, one after the other, with more checks: [upgrade.md](upgrade.md)",
  rotation:
    "another trust restarts the members, one after the other; another signer is taken without a restart: [rotate-ca.md](rotate-ca.md)",
  leaves:
    "every leaf certificate is recreated and taken [without a restart](renew-certificates.md); the CA generations that exist stay as they are",
  clients:
    "the `kubernetes` certificate alone is recreated, in the outputs; no controller is changed. A new `serviceCidr` must suit the control plane",
  nextCa: "nothing until the next CA generation",
  firewall: "firewall rules, at once",
  inPlace: "the VMs and disks are updated in place; nothing restarts",
  grow: "larger only: the file systems grow one after the other, nothing restarts",
  vms: "VMs stop or are replaced, one after the other: [replace-member.md](replace-member.md#another-image-or-machine-type)",
  members: "members join or leave, one after the other: [grow-and-shrink.md](grow-and-shrink.md)",
  reach:
    "the VMs get or lose public addresses: [environments.md](environments.md#from-external-to-internal-or-bastion)",
  output: "one output more",
  phases: "the phases run again and find nothing to do",
  consent: "nothing by itself: [replace-member.md](replace-member.md#smaller-or-other-data-disks)",
  fixed: "replaced disks, addresses or network: [leave them alone](first-cluster.md#before)",
} as const;

export type Effect = keyof typeof EFFECTS;
