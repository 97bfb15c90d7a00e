import type { Resource } from "../api/store";
import { GATEWAY, METADATA_IP } from "../hosts/names";

/** A node of the metadata: a value, or a folder whose listing shows its entries. */
export type Tree = string | number | boolean | Tree[] | { [key: string]: Tree };

/** A project's numeric id; the lab has one project. */
const NUMERIC_PROJECT_ID = 424242424242;

/**
 * What an instance sees below /computeMetadata/v1, keyed as in paths.
 * https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
 */
export function metadataTree(
  instance: Resource,
  project: string,
  guestAttributes: Tree,
): { [key: string]: Tree } {
  const link = String(instance.selfLink);
  const zone = /zones\/([^/]+)/.exec(link)?.[1] ?? "";
  const name = String(instance.name);
  const nic = (instance.networkInterfaces as Resource[])[0] ?? {};
  const items =
    ((instance.metadata as Resource | undefined)?.items as { key: string; value: string }[]) ?? [];
  const accounts = (instance.serviceAccounts as { email: string; scopes: string[] }[] | undefined) ?? [];
  const numericPath = (path: string) => `projects/${NUMERIC_PROJECT_ID}/${path}`;
  return {
    instance: {
      attributes: Object.fromEntries(items.map(({ key, value }) => [key, value])),
      "cpu-platform": String(instance.cpuPlatform),
      description: String(instance.description ?? ""),
      "guest-attributes": guestAttributes,
      hostname: String(instance.hostname ?? `${name}.${zone}.c.${project}.internal`),
      // As a number it would lose digits: the id has more than JavaScript's numbers hold.
      id: String(instance.id),
      image: "",
      "machine-type": numericPath(`machineTypes/${String(instance.machineType).split("/").pop()}`),
      "maintenance-event": "NONE",
      name,
      "network-interfaces": {
        "0": {
          "access-configs": accessConfigs(nic),
          dnsServers: METADATA_IP,
          "forwarded-ips": {},
          gateway: GATEWAY,
          ip: String(nic.networkIP),
          "ip-aliases": {},
          mac: macOf(String(nic.networkIP)),
          mtu: "1460",
          network: numericPath(`networks/${String(nic.network).split("/").pop()}`),
          subnetmask: "255.255.255.0",
          "target-instance-ips": {},
        },
      },
      preempted: "FALSE",
      scheduling: { "automatic-restart": "TRUE", "on-host-maintenance": "MIGRATE", preemptible: "FALSE" },
      "service-accounts": Object.fromEntries(
        accounts.flatMap(({ email, scopes }) => {
          const account = { aliases: "default", email, scopes: scopes.join("\n") };
          return [
            ["default", account],
            [email, account],
          ];
        }),
      ),
      tags: (instance.tags as { items?: string[] }).items ?? [],
      zone: numericPath(`zones/${zone}`),
    },
    oslogin: {},
    project: { attributes: {}, "numeric-project-id": String(NUMERIC_PROJECT_ID), "project-id": project },
  };
}

/** External addresses by index. */
function accessConfigs(nic: Resource): { [index: string]: Tree } {
  const configs = (nic.accessConfigs as { natIP: string; type: string }[] | undefined) ?? [];
  return Object.fromEntries(
    configs.map(({ natIP, type }, index) => [String(index), { "external-ip": natIP, type }]),
  );
}

/** The interface's address follows from the IPv4 address, as on GCE. */
function macOf(ip: string): string {
  return ["42", "01", ...ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0"))].join(":");
}
