import { readStackExport } from "../../../core/stackExport";
import type { Lab } from "./lab";

/** Where the engine's dials of public addresses come from. */
export const ENGINE_RANGE = "192.0.2.1/32";
const ZONE = "zones/us-west1-a";
const USER = "jump";
/** As docs/operate/environments.md has it; an image of the lab has no host keys. */
const STARTUP = [
  "#!/bin/sh",
  "ssh-keygen -A",
  "echo 'ChannelTimeout direct-tcpip=1m' >/etc/ssh/sshd_config.d/10-channels.conf",
  "echo 'net.ipv4.tcp_syn_retries = 2' >/etc/sysctl.d/10-dials.conf",
  "sysctl --load /etc/sysctl.d/10-dials.conf",
  "systemctl reset-failed ssh",
  "systemctl restart ssh",
].join("\n");

/** Makes a jump host in the standing cluster's subnet, as docs/operate/environments.md says; the settings that name it. */
export async function makeBastion(lab: Lab): Promise<Record<string, string>> {
  const key = readStackExport(await lab.plainState()).find(({ name }) => name === "etcd-deploy-key");
  const network = "projects/etcd-lab/global/networks/kubernetes-the-hard-way";
  const made = [
    await lab.api("POST", "global/firewalls", {
      name: "bastion-ssh",
      network,
      direction: "INGRESS",
      allowed: [{ IPProtocol: "tcp", ports: ["22"] }],
      sourceRanges: [ENGINE_RANGE],
      targetTags: ["bastion"],
    }),
    await lab.api("POST", `${ZONE}/instances`, {
      name: "bastion",
      machineType: `${ZONE}/machineTypes/e2-small`,
      disks: [
        {
          boot: true,
          autoDelete: true,
          initializeParams: { sourceImage: "projects/debian-cloud/global/images/family/debian-12" },
        },
      ],
      networkInterfaces: [
        {
          subnetwork: "projects/etcd-lab/regions/us-west1/subnetworks/kubernetes",
          networkIP: "10.240.0.100",
          accessConfigs: [{ type: "ONE_TO_ONE_NAT", name: "external-nat" }],
        },
      ],
      tags: { items: ["bastion"] },
      metadata: {
        items: [
          { key: "ssh-keys", value: `${USER}:${String(key?.outputs.publicKeyOpenssh)}` },
          { key: "enable-oslogin", value: "FALSE" },
          { key: "startup-script", value: STARTUP },
        ],
      },
    }),
  ];
  for (const answer of made)
    if ((answer as { error?: unknown }).error) throw new Error(JSON.stringify(answer));
  const instance = (await lab.api("GET", `${ZONE}/instances/bastion`)) as {
    networkInterfaces: { accessConfigs: { natIP: string }[] }[];
  };
  const ready =
    "for i in $(seq 50); do id jump && systemctl is-active ssh && break; sleep 1; done; sshd -T; cat /etc/ssh/ssh_host_ed25519_key.pub";
  const said = await lab.onHost("bastion", "sh", "-c", ready);
  if (!/^channeltimeout direct-tcpip=1m$/m.test(said)) throw new Error(said);
  return {
    sshReach: "bastion",
    "bastion.host": instance.networkInterfaces[0]?.accessConfigs[0]?.natIP ?? "",
    "bastion.user": USER,
    "bastion.hostKey": /ssh-ed25519 \S+/.exec(said)?.[0] ?? "",
  };
}
