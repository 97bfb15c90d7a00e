import execa from "execa";
import { API_URL, findInstance } from "../../lab/commands/shared/api";
import { inNetnsSameMounts } from "../../lab/commands/shared/netns";
import { Disk, freshInstance, Instance } from "./freshInstance";
import { type Mark, VMS } from "./phases";

/** What makes one new VM. */
interface Plan {
  readonly zone: string;
  readonly instance: Record<string, unknown>;
  readonly dataDisks: readonly Disk[];
}

/**
 * Replaces VMs by new ones with the same settings and empty disks, all at once.
 *
 * @returns the marks of the phase that creates and boots them.
 */
export async function replaceVms(names: readonly string[]): Promise<Mark[]> {
  const plans = await Promise.all(names.map(remove));
  return (await Promise.all(plans.map(create))).flat();
}

async function remove(name: string): Promise<Plan> {
  const { zone } = await findInstance(name);
  const path = `zones/${zone}/instances/${name}`;
  const instance = Instance.parse(await call("GET", path));
  const diskPath = (source: string) => source.replace(/^.*\/projects\/[^/]+\//, "");
  const disks = await Promise.all(
    instance.disks.map(async ({ source, boot }) => {
      const at = diskPath(source);
      return { boot, at, disk: Disk.parse(await call("GET", at)) };
    }),
  );
  const bootDisk = disks.find(({ boot }) => boot)?.disk;
  if (!bootDisk) throw new Error(`${name} has no boot disk`);
  await call("DELETE", path);
  const data = disks.filter(({ boot }) => !boot);
  for (const { at } of data) await call("DELETE", at);
  return {
    zone,
    instance: freshInstance(instance, bootDisk),
    dataDisks: data.map(({ disk }) => disk),
  };
}

async function create({ zone, instance, dataDisks }: Plan): Promise<Mark[]> {
  for (const disk of dataDisks) await call("POST", `zones/${zone}/disks`, disk);
  const begin = Date.now();
  await call("POST", `zones/${zone}/instances`, instance);
  return [
    { phase: VMS, edge: "begin", atMs: begin },
    { phase: VMS, edge: "end", atMs: Date.now() },
  ];
}

/** Calls the lab's compute API; its operations are done when it answers. */
async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const [command = "", ...args] = inNetnsSameMounts([
    "curl",
    ...["-sS", "--max-time", "120", "-X", method, `${API_URL}/compute/v1/projects/etcd-lab/${path}`],
    ...["-H", "Authorization: Bearer lab", "-H", "Content-Type: application/json"],
    // The startup script holds a private key, which must not stand among the arguments.
    ...(body === undefined ? [] : ["--data-binary", "@-"]),
  ]);
  const { stdout } = await execa(command, args, { input: body === undefined ? "" : JSON.stringify(body) });
  const answer = JSON.parse(stdout) as { error?: { message?: string } };
  if (answer.error) throw new Error(`${method} ${path}: ${answer.error.message ?? stdout}`);
  return answer;
}
