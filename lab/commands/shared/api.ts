import execa from "execa";
import { z } from "zod";
import { LabError } from "./labError";
import { inNetnsSameMounts } from "./netns";

/** The compute API's address inside the lab. */
export const API_URL = "http://127.0.0.1:8700";

const PROJECT = "etcd-lab";

// Any token will do: the lab only refuses those who send none, as GCE does.
const AUTH = ["-H", "Authorization: Bearer lab"];

/** An instance, as far as the command line needs it. */
export interface Instance {
  readonly name: string;
  readonly status: string;
  readonly zone: string;
  readonly ip: string;
}

const InstanceList = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        status: z.string(),
        networkInterfaces: z.array(z.object({ networkIP: z.string() })),
      }),
    )
    .optional(),
});

const ZoneList = z.object({ items: z.array(z.object({ name: z.string() })) });

/** What the lab's API answers to curl; nothing when it does not. */
export async function request(flags: readonly string[], url: string): Promise<string | undefined> {
  const [command = "", ...args] = inNetnsSameMounts([
    "curl",
    "-sS",
    "--max-time",
    "30",
    ...AUTH,
    ...flags,
    url,
  ]);
  const { stdout, failed } = await execa(command, args, { reject: false });
  return failed ? undefined : stdout;
}

/** True when the lab's API answers, whatever it says. */
export async function apiAnswers(): Promise<boolean> {
  return (await request(["-o", "/dev/null"], `${API_URL}/`)) !== undefined;
}

/** The lab's instances, by name. @throws LabError when the API does not answer. */
export async function listInstances(): Promise<Instance[]> {
  const zones = ZoneList.parse(await getFromApi("zones")).items.map(({ name }) => name);
  const lists = zones.map(async (zone) => {
    const { items = [] } = InstanceList.parse(await getFromApi(`zones/${zone}/instances`));
    return items.map(({ name, status, networkInterfaces }) => {
      return { name, status, zone, ip: networkInterfaces[0]?.networkIP ?? "" };
    });
  });
  return (await Promise.all(lists)).flat().sort((a, b) => a.name.localeCompare(b.name));
}

async function getFromApi(path: string): Promise<unknown> {
  const answer = await request(["-f"], `${API_URL}/compute/v1/projects/${PROJECT}/${path}`);
  if (answer === undefined) throw new LabError(`the lab's API does not answer to ${path}; see \`lab logs\``);
  return JSON.parse(answer) as unknown;
}

/** @throws LabError when there is no such instance. */
export async function findInstance(name: string): Promise<Instance> {
  const all = await listInstances();
  const found = all.find((instance) => instance.name === name);
  if (!found)
    throw new LabError(`no instance ${name}; there are ${all.map((i) => i.name).join(", ") || "none"}`);
  return found;
}

/** Posts to a path below the lab's project. @throws LabError with the API's own words. */
export async function postToApi(path: string): Promise<void> {
  const url = `${API_URL}/compute/v1/projects/${PROJECT}/${path}`;
  const answer = await request(["-X", "POST"], url);
  if (answer === undefined) throw new LabError("the lab's API does not answer; see `lab logs`");
  const { error } = JSON.parse(answer) as { error?: { message?: string } };
  if (error) throw new LabError(`${path}: ${error.message ?? answer}`);
}
