import { join } from "node:path";
import { FILES, read } from "../repository";

const page = read("docs/operate/permissions.md");
const [up = "", preview = ""] = page.split("## What a preview calls");
const permissionsIn = (text: string) =>
  new Set(
    [...text.matchAll(/`((?:compute|iam|storage|cloudkms|serviceusage)\.\w+\.\w+)`/g)].map(([, p = ""]) => p),
  );

interface Call {
  readonly method?: string;
  readonly path?: string;
}

const CASES = "lab/tests/conformance/cases";
/** What Google's own provider has sent, as recorded. */
const recorded = ["gcp-requests.jsonl", "gcp-next.jsonl"].flatMap((file) =>
  read(join(CASES, file))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call)
    .flatMap(({ method, path }) => (method && path ? [permissionOf(method, path)] : [])),
);

/** What the stand-ins send of an instance beside it, by the provider's source. */
const sent = FILES.filter((file) => file.startsWith("lab/plugins/gcp/resources/instance/")).flatMap((file) =>
  [...read(file).matchAll(/verb: "\/(\w+)"/g)].map(
    // A boot disk grows as a disk.
    ([, verb]) => `compute.${verb === "resize" ? "disks" : "instances"}.${verb}`,
  ),
);
/** For properties that this program never changes. */
const NEVER_SENT = [
  "resume",
  "suspend",
  "setDiskAutoDelete",
  "setScheduling",
  "startWithEncryptionKey",
  "updateNetworkInterface",
];

/** What a call needs beside its own permission, by https://cloud.google.com/compute/docs/reference/rest/v1. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  "compute.addresses.create": ["compute.addresses.createInternal", "compute.subnetworks.use"],
  "compute.addresses.delete": ["compute.addresses.deleteInternal"],
  "compute.firewalls.create": ["compute.networks.updatePolicy"],
  "compute.instances.addAccessConfig": ["compute.addresses.use", "compute.subnetworks.useExternalIp"],
  "compute.instances.create": [
    "compute.addresses.useInternal",
    "compute.disks.use",
    "compute.images.useReadOnly",
    "compute.instances.setTags",
    "iam.serviceAccounts.actAs",
  ],
  "compute.disks.create": [
    "compute.globalOperations.get",
    "compute.regionOperations.get",
    "compute.zoneOperations.get",
  ],
  // Looked at by the provider when it starts.
  "compute.machineTypes.list": ["compute.regions.list"],
};
/** The engine's own, of https://www.pulumi.com/docs/iac/concepts/state-and-backends/ and its secrets providers. */
const ENGINE = [
  "cloudkms.cryptoKeyVersions.useToDecrypt",
  "cloudkms.cryptoKeyVersions.useToEncrypt",
  "serviceusage.services.use",
  "storage.objects.create",
  "storage.objects.delete",
  "storage.objects.get",
  "storage.objects.list",
];

/** The permission that Google names after the call itself. */
function permissionOf(method: string, path: string): string {
  const [, api, place = ""] = /^\/(compute|iam)\/v1\/projects\/[^/]+\/(.*?)(\?.*)?$/.exec(path) ?? [];
  const [collection = "", name, verb] = place.replace(/^(global|(zones|regions)\/[^/]+)\//, "").split("/");
  if (name === "family") return `${api}.${collection}.getFromFamily`;
  const own = { POST: name ? verb : "create", GET: name ? "get" : "list", DELETE: "delete", PATCH: "update" };
  return `${api}.${collection}.${own[method as keyof typeof own]}`;
}

const isNever = (permission: string) => NEVER_SENT.some((verb) => permission.endsWith(`.${verb}`));
const called = new Set([...recorded, ...sent].filter((permission) => !isNever(permission)));

test("the recordings are of every kind of resource", () => {
  expect([...new Set([...called].map((permission) => permission.split(".")[1]))].sort()).toEqual([
    "addresses",
    "disks",
    "firewalls",
    "images",
    "instances",
    "machineTypes",
    "networks",
    "routers",
    "serviceAccounts",
    "subnetworks",
  ]);
});

test("the page names what each recorded call needs, and nothing else", () => {
  const beside = Object.entries(BESIDE).flatMap(([call, more]) => (called.has(call) ? more : []));
  expect([...permissionsIn(up)].sort()).toEqual([...new Set([...called, ...beside, ...ENGINE])].sort());
});

test("a preview's are of the same, and only look", () => {
  for (const permission of permissionsIn(preview)) {
    expect(permissionsIn(up)).toContain(permission);
    expect(permission).toMatch(/\.(get|list|getFromFamily|useToDecrypt)$/);
  }
});

test("the roles of the first cluster hold them all", () => {
  const holders: Readonly<Record<string, RegExp>> = {
    "roles/compute.admin": /^compute\./,
    "roles/iam.serviceAccountAdmin": /^iam\.serviceAccounts\.(create|delete|get)$/,
    "roles/iam.serviceAccountUser": /^iam\.serviceAccounts\.actAs$/,
    "roles/storage.objectAdmin": /^storage\.objects\./,
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": /^cloudkms\.cryptoKeyVersions\.useTo(En|De)crypt$/,
    "roles/serviceusage.serviceUsageConsumer": /^serviceusage\.services\.use$/,
  };
  for (const role of Object.keys(holders))
    expect(read("docs/operate/first-cluster.md")).toContain(`\`${role}\``);
  const held = (permission: string) => Object.values(holders).some((pattern) => pattern.test(permission));
  expect([...permissionsIn(page)].filter((permission) => !held(permission))).toEqual([]);
});
