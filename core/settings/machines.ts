import { isPrivate, parseCidr } from "../cidr";
import { SUBNET_CIDR } from "../etcd/topology";
import { choice, flag, integer, list, text, texts } from "./kinds";
import { type DiskType, MACHINE_SERIES, seriesName, seriesOf } from "./machineSeries";

const GCE_NAME = [
  /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "write a GCE name: lower case, digits and hyphens",
] as const;
// Names of firewall rules and of the router end in a role, of which this is the longest.
const NETWORK_NAME_MAX = 63 - "-etcd-clients".length;
const IMAGE =
  /^(https:\/\/www\.googleapis\.com\/compute\/v1\/)?projects\/[^/]+\/global\/images\/(family\/)?[^/]+$/;
const LABEL_KEY = /^[a-z][-_a-z0-9]{0,62}$/;
const LABEL_VALUE = /^[-_a-z0-9]{0,63}$/;
// The provider compares an image's name with its family's: where it does not hold it, every `up` replaces all VMs.
const FAMILY_PROJECTS = ["debian-cloud", "ubuntu-os-cloud"];
const DISK_TYPES: readonly DiskType[] = ["pd-ssd", "pd-balanced", "hyperdisk-balanced"];

/** The controllers, their place and their disks. */
export const MACHINES = {
  controllerCount: integer({
    default: 3,
    description:
      "Number of controllers (etcd members), 1, 3, 5 or 7, from the tenth address of the subnet on.",
    effect: "members",
    check: (count, report) => {
      if (![1, 3, 5, 7].includes(count)) report(count, "use 1, 3, 5 or 7: an even number adds no tolerance");
    },
  }),
  region: text({
    default: "us-west1",
    description: "GCE region of the subnet, the addresses and every controller.",
    effect: "fixed",
    like: [/^[a-z]+-[a-z]+\d+$/, "write a region such as us-west1"],
  }),
  zones: list("string", {
    default: ["us-west1-a", "us-west1-b", "us-west1-c"],
    description: "Zones of the region; the controllers are spread over them in turn.",
    effect: "fixed",
    check: (zones, report, { region }) => {
      if (zones.length === 0) report(zones, `write at least one zone of region ${region}`);
      if (new Set(zones).size !== zones.length) report(zones, "write each zone once");
    },
    each: (zone, report, { region }) => {
      if (zone.slice(0, -1) !== `${region}-` || !/[a-z]$/.test(zone))
        report(zone, `write zones of region ${region}, such as ${region}-a`);
    },
  }),
  networkName: text({
    default: "kubernetes-the-hard-way",
    description: "Name of the VPC network.",
    effect: "fixed",
    like: GCE_NAME,
    check: (name, report) => {
      if (name.length > NETWORK_NAME_MAX)
        report(name, `use ${NETWORK_NAME_MAX} characters at most: firewall rules are named after it`);
    },
  }),
  subnetName: text({
    default: "kubernetes",
    description: "Name of the subnet.",
    effect: "fixed",
    like: GCE_NAME,
  }),
  subnetCidr: text({
    default: SUBNET_CIDR,
    description: "Range of the subnet; peered networks need different ones.",
    effect: "fixed",
    check: (range, report) => {
      const cidr = parseCidr(range);
      if (!cidr || cidr.prefixLength < 8 || cidr.prefixLength > 27)
        report(range, "write an IPv4 range such as 10.240.0.0/24, of /8 to /27, with zero host bits");
      else if (!isPrivate(cidr))
        report(
          range,
          "ports 22, 2379, 2380 and 6443 are open to it; use a private range, of RFC 1918 or 6598",
        );
    },
  }),
  machineType: text({
    default: "e2-standard-2",
    description:
      "GCE machine type of every controller; the CPU architecture and the boot disk's type follow from its series.",
    effect: "vms",
    like: GCE_NAME,
    check: (machineType, report) => {
      const known = Object.keys(MACHINE_SERIES).join(", ");
      if (GCE_NAME[0].test(machineType) && !seriesOf(machineType))
        report(
          machineType,
          `which disks ${seriesName(machineType)} takes is not known here; use one of ${known}`,
        );
    },
  }),
  image: text({
    default: "projects/debian-cloud/global/images/family/debian-12",
    description: "Boot image or image family; a later change replaces the VMs, one after the other.",
    effect: "vms",
    like: [IMAGE, "write projects/PROJECT/global/images/family/FAMILY, or …/images/NAME"],
    check: (image, report, { machineType, architecture }) => {
      const [, project = ""] = /projects\/([^/]+)\/global\/images\/family\//.exec(image) ?? [];
      if (project && !FAMILY_PROJECTS.includes(project))
        report(
          image,
          `name an image, …/images/NAME: families are taken of ${FAMILY_PROJECTS.join(" and ")} alone`,
        );
      if (architecture === "arm64" && !/arm64/.test(image))
        report(
          image,
          `machineType ${machineType} is Arm; use an arm64 image, such as family/debian-12-arm64`,
        );
      if (architecture === "amd64" && /arm64[^/]*$/.test(image))
        report(image, `machineType ${machineType} is x86; use an amd64 image, such as family/debian-12`);
    },
  }),
  bootDiskSizeGb: integer({
    default: 20,
    description: "Boot disk size in GB, 10 to 2048.",
    effect: "vms",
    range: [10, 2048],
  }),
  dataDiskType: choice(DISK_TYPES, `etcd needs fast fsync; use one of ${DISK_TYPES.join(", ")}`, {
    default: "pd-ssd",
    description:
      "Type of the data disk, pd-ssd, pd-balanced or hyperdisk-balanced; the machine series must support it.",
    effect: "fixed",
    check: (type, report, { machineType }) => {
      const types = seriesOf(machineType)?.dataDiskTypes ?? DISK_TYPES;
      if (!types.includes(type)) report(type, `machineType ${machineType} takes ${types.join(" or ")}`);
    },
  }),
  dataDiskSizeGb: integer({
    default: 50,
    description: "Data disk size in GB, 10 to 2048; it can grow, never shrink.",
    effect: "grow",
    range: [10, 2048],
  }),
  diskKmsKey: text({
    default: "",
    description: "Cloud KMS key that encrypts boot and data disks, instead of Google's own.",
    effect: "fixed",
    like: [
      /^(projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+)?$/,
      "write projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY",
    ],
  }),
  canIpForward: flag({
    default: true,
    description: "Let the VMs route pod traffic, as in Kubernetes The Hard Way; etcd does not need it.",
    effect: "vms",
  }),
  serviceAccountEmail: text({
    default: "",
    description: "An existing service account for the VMs, instead of a new one without roles.",
    effect: "vms",
    like: [/^([^@\s]+@[^@\s]+\.gserviceaccount\.com)?$/, "write NAME@PROJECT.iam.gserviceaccount.com"],
  }),
  acceptDataLoss: text({
    default: "",
    description:
      "Lets one change through that deletes data disks; the refusal of that change says the value.",
    effect: "consent",
    like: [/^([0-9a-f]{16})?$/, "write what the refusal says, 16 hex digits"],
  }),
  labels: texts({
    default: {},
    description: "Labels on the VMs, their disks and addresses: everything that can have labels.",
    effect: "inPlace",
    // Of Compute Engine's 64 the provider takes one, goog-pulumi-provisioned, and a VM's fingerprint one.
    most: 62,
    each: (key, value, report) => {
      const fix = "use lower case, digits, - and _; a key starts with a letter; 63 characters at most";
      if (!LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) report(value, fix, key);
    },
  }),
  deletionProtection: flag({
    default: false,
    description: "Refuse to delete the VMs, in GCE and in Pulumi, and the data disks, in Pulumi.",
    effect: "inPlace",
  }),
};
