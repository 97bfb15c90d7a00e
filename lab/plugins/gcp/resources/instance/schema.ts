import {
  bool,
  creationTimestamp,
  deletionPolicy,
  labels,
  link,
  map,
  nameOf,
  object,
  output,
  params,
  project,
  selfLink,
  string,
  stringSet,
  zone,
} from "../../schema/fields";
import type { Changes, Props, ResourceSchema } from "../../schema/types";
import { oneOf, oneOfOrEmpty, rfc1035Name } from "../../schema/validators";
import { disks } from "./disks";
import { scriptForcesNew } from "./metadata";
import { addressForcesNew, networkInterfaces } from "./networkInterfaces";
import { hardware, scheduling } from "./scheduling";
import { serviceAccount } from "./serviceAccount";

/** A VM, as the official provider describes it. */
export const instanceSchema: ResourceSchema = {
  type: "gcp:compute/instance:Instance",
  label: "instance",
  idFormat: "projects/{project}/zones/{zone}/instances/{name}",
  autoName: true,
  failsAsItWas: true,
  labels: true,
  customizeDiff: (olds, news, changes) => forcesNew(olds, news, changes),
  fields: {
    name: string({ required: true, forceNew: true, validate: rfc1035Name(1, 63) }),
    machineType: link({ required: true, rest: nameOf("machineTypes", "zone") }),
    allowStoppingForUpdate: bool({ rest: false }),
    canIpForward: bool({ default: false }),
    deletionProtection: bool({ default: false }),
    description: string(),
    desiredStatus: string({ validate: oneOf("RUNNING", "TERMINATED", "SUSPENDED"), rest: false }),
    enableDisplay: bool({ notInLab: true }),
    eraseWindowsVssSignature: bool({ default: false, zeroRecorded: true, forceNew: true, notInLab: true }),
    hostname: string({ forceNew: true }),
    instanceEncryptionKey: object(
      {
        kmsKeySelfLink: string({ computed: true, forceNew: true }),
        kmsKeyServiceAccount: string({ forceNew: true }),
        sha256: output(),
      },
      { forceNew: true, notInLab: true },
    ),
    keyRevocationActionType: string({
      forceNew: true,
      validate: oneOfOrEmpty("STOP", "NONE"),
      notInLab: true,
    }),
    metadata: map({ rest: false }),
    metadataStartupScript: string({ rest: false }),
    minCpuPlatform: string({ computed: true, notInLab: true }),
    networkInterfaces,
    partnerMetadata: map({ notInLab: true }),
    resourcePolicies: string({ notInLab: true }),
    scheduling,
    serviceAccount,
    shieldedInstanceConfig: object(
      {
        enableSecureBoot: bool({ default: false }),
        enableVtpm: bool({ default: true }),
        enableIntegrityMonitoring: bool({ default: true }),
      },
      { computed: true },
    ),
    tags: stringSet({ rest: "tags.items" }),
    workloadIdentityConfig: object(
      { identity: string(), identityCertificateEnabled: bool() },
      { forceNew: true, notInLab: true },
    ),
    cpuPlatform: output(),
    currentStatus: output(string({ rest: "status" })),
    instanceId: output(string({ rest: "id" })),
    metadataFingerprint: output(string({ rest: "metadata.fingerprint" })),
    tagsFingerprint: output(string({ rest: "tags.fingerprint" })),
    ...disks,
    ...hardware,
    ...labels,
    ...params,
    ...project,
    ...zone,
    ...deletionPolicy,
    ...creationTimestamp,
    ...selfLink,
  },
};

function forcesNew(olds: Props | undefined, news: Props, changes: Changes): boolean {
  if (!olds) return false;
  const script = "metadataStartupScript" in changes;
  return addressForcesNew(changes) || scriptForcesNew(olds, news, script);
}
