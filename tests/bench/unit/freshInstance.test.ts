import { Disk, freshInstance, Instance } from "../freshInstance";

const INSTANCE = {
  kind: "compute#instance",
  id: "12",
  status: "RUNNING",
  name: "controller-0",
  machineType: "zones/a/machineTypes/e2-standard-2",
  canIpForward: true,
  labels: { environment: "lab" },
  labelFingerprint: "f",
  tags: { items: ["etcd-controller"], fingerprint: "f" },
  metadata: {
    kind: "compute#metadata",
    items: [{ key: "startup-script", value: "#!/bin/bash" }],
    fingerprint: "f",
  },
  serviceAccounts: [{ email: "a@b", scopes: [] }],
  shieldedInstanceConfig: { enableVtpm: true },
  networkInterfaces: [{ name: "nic0", subnetwork: "subnet", networkIP: "10.240.0.10", fingerprint: "f" }],
  disks: [
    { index: 0, boot: true, source: "zones/a/disks/controller-0", deviceName: "boot", mode: "READ_WRITE" },
    { index: 1, boot: false, source: "zones/a/disks/data", deviceName: "etcd-data", mode: "READ_WRITE" },
  ],
};
const BOOT_DISK = {
  name: "controller-0",
  sizeGb: "20",
  type: "pd-balanced",
  sourceImage: "debian-12",
  users: ["x"],
};

test("asks for an instance with the same settings, a new boot disk and the data disk of that name", () => {
  expect(freshInstance(Instance.parse(INSTANCE), Disk.parse(BOOT_DISK))).toEqual({
    name: "controller-0",
    machineType: "zones/a/machineTypes/e2-standard-2",
    canIpForward: true,
    labels: { environment: "lab" },
    tags: { items: ["etcd-controller"] },
    metadata: { items: [{ key: "startup-script", value: "#!/bin/bash" }] },
    serviceAccounts: [{ email: "a@b", scopes: [] }],
    shieldedInstanceConfig: { enableVtpm: true },
    networkInterfaces: [{ subnetwork: "subnet", networkIP: "10.240.0.10" }],
    disks: [
      {
        boot: true,
        autoDelete: true,
        deviceName: "boot",
        mode: "READ_WRITE",
        initializeParams: { sourceImage: "debian-12", diskSizeGb: "20", diskType: "pd-balanced" },
      },
      { source: "zones/a/disks/data", deviceName: "etcd-data", mode: "READ_WRITE" },
    ],
  });
});
