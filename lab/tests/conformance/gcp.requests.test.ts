import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gcpProgram, type Settings } from "./harness/gcpProgram";
import { Provider } from "./harness/provider";
import { type ApiRequest, labApp, RecordedApi, requestsByResource } from "./harness/recordedApi";
import { SmallEngine } from "./harness/smallEngine";

/*
 * Every request that the official plugin 9.35.0 sent to the lab's API, of the resources of one controller: per
 * resource the same requests in the same order, with the same queries and bodies. The README beside this says
 * where the stand-in differs, and why.
 */
const recorded = readSteps(join(__dirname, "cases/gcp-requests.jsonl"));

/** What each recorded step changed, on top of those before it. `ends` says that the step failed. */
const STEPS: [title: string, changes: Settings, how?: { refresh?: boolean; ends?: boolean }][] = [
  ["up: create everything", {}],
  ["labels added", { labels: { team: "infra" } }],
  ["data disk grows", { dataDiskSizeGb: 60 }],
  ["machine type changes", { machineType: "e2-standard-4" }],
  ["boot disk grows", { bootDiskSizeGb: 30 }],
  [
    "sshReach external: access configs added, NAT removed",
    { external: true, sshSourceRange: "203.0.113.0/24" },
    { ends: true },
  ],
  ["sshReach internal again", { external: false }],
  ["deletionProtection on", { deletionProtection: true }],
  ["deletionProtection off", { deletionProtection: false }],
  ["machine type that does not exist: stopped, refused", { machineType: "e2-standrad-4" }, { ends: true }],
  [
    "machine type taken back, up --refresh: nothing starts the VM",
    { machineType: "e2-standard-4" },
    { refresh: true },
  ],
  ["an image: VMs replaced one by one", { image: "debian-13" }, { ends: true }],
  ["image taken back: controller-0 made again", { image: "debian-12" }],
];

const api = new RecordedApi(labApp());
let gcp: Provider;
let engine: SmallEngine;
beforeAll(async () => {
  await api.start();
  gcp = await Provider.start("gcp", {
    config: {
      project: "etcd-lab",
      region: "us-west1",
      accessToken: "/dev/null/lab",
      computeCustomEndpoint: `${api.url}/compute/v1/`,
      iamBetaCustomEndpoint: `${api.url}/iam/v1/`,
      skipRegionValidation: "true",
      addPulumiAttributionLabel: "false",
    },
  });
  engine = new SmallEngine(gcp);
});
afterAll(async () => {
  await gcp?.stop();
  await api.stop();
});

let settings: Settings = {};
test.each(STEPS)("%s", async (title, changes, { refresh = false, ends = false } = {}) => {
  settings = { ...settings, ...changes };
  const expected = recorded.get(title) ?? [];
  refuseAsRecorded(expected);
  if (refresh) await engine.refresh();
  expect(await engine.up(gcpProgram(settings))).toBe(!ends);
  expect(requestsByResource(api.take(), "controller-0")).toEqual(
    requestsByResource(expected, "controller-0"),
  );
  if (title === STEPS[0]?.[0]) {
    await engine.refresh();
    expect(requestsByResource(api.take(), "controller-0")).toEqual(
      requestsByResource(recorded.get("refresh") ?? [], "controller-0"),
    );
  }
});

test("destroy", async () => {
  await engine.destroy();
  expect(requestsByResource(api.take(), "controller-0")).toEqual(
    requestsByResource(recorded.get("destroy") ?? [], "controller-0"),
  );
});

test("every recorded step is one of these", () => {
  const titles = [...STEPS.map(([title]) => title), "refresh", "destroy"];
  expect([...recorded.keys()].sort()).toEqual(titles.sort());
});

/** The lab's API refused some requests then; today's may not. */
function refuseAsRecorded(requests: ApiRequest[]): void {
  const refused = requests.flatMap(({ method, path, status }) =>
    status === undefined ? [] : [[`${method} ${path}`, status] as const],
  );
  api.refusals = new Map(refused);
}

function readSteps(file: string): Map<string, ApiRequest[]> {
  const steps = new Map<string, ApiRequest[]>();
  let current: ApiRequest[] = [];
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const entry = JSON.parse(line) as ApiRequest | { step: string };
    if ("step" in entry) {
      current = [];
      steps.set(entry.step, current);
    } else current.push(entry);
  }
  return steps;
}
