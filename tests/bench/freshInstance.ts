import { z } from "zod";

const Attached = z.object({
  boot: z.boolean(),
  source: z.string(),
  deviceName: z.string(),
  mode: z.string(),
});

/** An instance as the API returns it, as far as it is needed to make another one like it. */
export const Instance = z.object({
  name: z.string(),
  machineType: z.string(),
  canIpForward: z.boolean(),
  labels: z.record(z.string(), z.string()).optional(),
  tags: z.object({ items: z.array(z.string()).optional() }),
  metadata: z.object({ items: z.array(z.object({ key: z.string(), value: z.string() })).optional() }),
  serviceAccounts: z.array(z.unknown()).optional(),
  shieldedInstanceConfig: z.unknown(),
  networkInterfaces: z.array(z.object({ subnetwork: z.string(), networkIP: z.string() })),
  disks: z.array(Attached),
});

/** A disk as the API returns it. */
export const Disk = z.object({
  name: z.string(),
  sizeGb: z.string(),
  type: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  sourceImage: z.string().optional(),
});

export type Instance = z.infer<typeof Instance>;
export type Disk = z.infer<typeof Disk>;

/** The request that makes a new instance like `instance`, with a new boot disk like `bootDisk`. */
export function freshInstance(instance: Instance, bootDisk: Disk): Record<string, unknown> {
  const { disks, networkInterfaces, tags, metadata, ...same } = instance;
  return {
    ...same,
    tags: { items: tags.items ?? [] },
    metadata: { items: metadata.items ?? [] },
    networkInterfaces: networkInterfaces.map(({ subnetwork, networkIP }) => ({ subnetwork, networkIP })),
    disks: disks.map(({ boot, source, deviceName, mode }) => {
      if (!boot) return { source, deviceName, mode };
      const { sizeGb, type, sourceImage } = bootDisk;
      const initializeParams = { sourceImage, diskSizeGb: sizeGb, diskType: type };
      return { boot, autoDelete: true, deviceName, mode, initializeParams };
    }),
  };
}
