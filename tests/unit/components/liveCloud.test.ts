import * as pulumi from "@pulumi/pulumi";
import { missing, requireAvailable } from "../../../components/availability";
import { endRun } from "../../../components/endRun";
import { requireOn } from "../../../components/liveVm";
import { declareControllers } from "../../../core/etcd/topology";
import { build } from "./build";
import { CLOUD, type Cloud, graphOf } from "./mocks";

jest.mock("../../../components/endRun", () => ({ endRun: jest.fn() }));
const ended = () => (endRun as jest.Mock).mock.calls.map(([message]) => message as string);
beforeEach(() => (endRun as jest.Mock).mockReset());

const WANTED = {
  image: "projects/debian-cloud/global/images/family/debian-12",
  machineType: "e2-standard-2",
  zones: ["us-west1-a", "us-west1-b"],
};
const [controller] = declareControllers(1, ["us-west1-a"]);

/** Runs something against a cloud's answers. */
async function against<T>(cloud: Cloud, ask: (parent: pulumi.Resource) => Promise<T>) {
  let result: T | undefined;
  const { warnings } = await graphOf(
    async () => {
      result = await ask(new pulumi.ComponentResource("test:index:Parent", "parent"));
    },
    {},
    cloud,
  );
  return { result: result as T, warnings };
}

const lines = async (wanted: Partial<typeof WANTED>) =>
  (await against(small, (parent) => missing({ ...WANTED, ...wanted }, parent))).result;

/** The warnings of `requireAvailable` about a machine type that no one has. */
async function warnings(isNeeded: boolean): Promise<readonly string[]> {
  const said = await against(small, (parent) => {
    const checked = requireAvailable({ ...WANTED, machineType: "x2-micro" }, pulumi.output(isNeeded), parent);
    return (checked as unknown as { promise(): Promise<void> }).promise();
  });
  return said.warnings;
}

const TYPES = ["e2-medium", "e2-standard-2", "e2-standard-4", "n2-standard-4"];
/** Zone b has T2D alone; there is one image. */
const small: Cloud = (token, asked) => {
  if (token.endsWith(":getMachineTypes")) {
    const names = asked.zone === "us-west1-b" ? ["t2d-standard-1"] : TYPES;
    const wanted = /"(.*)"$/.exec(asked.filter ?? "")?.[1];
    const prefix = /eq (.*)\.\*$/.exec(asked.filter ?? "")?.[1] ?? "";
    const machineTypes = names.filter((name) => (wanted ? name === wanted : name.startsWith(prefix)));
    return { ...asked, machineTypes: machineTypes.map((name) => ({ name })) };
  }
  const image = "debian-12-bookworm-v20261111";
  const pattern = / eq (.*)$/.exec(asked.filter ?? "")?.[1];
  const isThere = pattern
    ? new RegExp(`^${pattern}$`).test(image)
    : [image, "debian-12"].includes(asked.name ?? asked.family ?? "");
  const message =
    "1 error occurred:\n\t* error retrieving image information: googleapi: Error 404: not found\nmore";
  if (!isThere) throw Object.assign(new Error(message), { details: message });
  return {
    ...asked,
    selfLink: `https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/${image}`,
  };
};

test("what is there is let pass", async () => {
  expect(await lines({ zones: ["us-west1-a"] })).toEqual([]);
});

test("a miss names the setting, the zones and what is near", async () => {
  const image = "projects/debian-cloud/global/images/debian-12-bookwrom-v1";
  expect(await lines({ image, machineType: "e2-standrad-4" })).toEqual([
    `image: got "${image}"; error retrieving image information: googleapi: Error 404: not found; like it is projects/debian-cloud/global/images/debian-12-bookworm-v20261111`,
    'machineType: got "e2-standrad-4"; in us-west1-a: there is none; near it are e2-standard-4, e2-standard-2, n2-standard-4',
    'machineType: got "e2-standrad-4"; in us-west1-b: there is none; near it are t2d-standard-1',
  ]);
});

test("zones of which the same is true share a line", async () => {
  const [line, ...others] = await lines({ machineType: "x2-micro", zones: ["us-west1-a", "us-west1-c"] });
  expect([line?.slice(0, 60), others]).toEqual([
    'machineType: got "x2-micro"; in us-west1-a, us-west1-c: ther',
    [],
  ]);
});

test("of a custom type, the zone's series is looked for", async () => {
  expect(await lines({ machineType: "n2-custom-4-8192", zones: ["us-west1-a"] })).toEqual([]);
  expect(await lines({ machineType: "n4-custom-4-8192", zones: ["us-west1-a"] })).toHaveLength(1);
});

test("the run ends where VMs are to change", async () => {
  await warnings(true);
  expect(ended()[0]).toMatch(
    /^Google Cloud does not have what is set; no VM was touched:\n {2}- machineType: got "x2-micro"/,
  );
});

test("a running cluster is not held up by what is gone, and hears of it", async () => {
  expect((await warnings(false))[0]).toContain(
    "Google Cloud no longer has what a lost VM would be made of:\n",
  );
  expect(ended()).toEqual([]);
});

const stopped: Cloud = (token, asked) =>
  token.endsWith(":getInstance") ? { ...asked, currentStatus: "TERMINATED" } : CLOUD(token, asked);
const gone: Cloud = (token, asked) => {
  if (token.endsWith(":getInstance")) throw new Error("projects/p/zones/z/instances/controller-0 not found");
  return CLOUD(token, asked);
};

test("a VM that is off is started, and only then has a declared status", async () => {
  const statusIn = async (cloud: Cloud) => {
    const graph = await build({}, undefined, { cloud });
    return [0, 1, 2].map((i) => graph.one(`controller-${i}`).inputs.desiredStatus);
  };
  expect(
    await statusIn((token, asked) => (asked.name === "controller-1" ? stopped : CLOUD)(token, asked)).catch(
      String,
    ),
  ).toEqual([undefined, "RUNNING", undefined]);
  expect(await statusIn(gone)).toEqual([undefined, undefined, undefined]);
});

test("a VM that stays off ends the run, with the way out", async () => {
  if (!controller) throw new Error("no controller");
  const requires = (cloud: Cloud) => against(cloud, (parent) => requireOn(controller, parent));
  for (const cloud of [CLOUD, gone]) await requires(cloud);
  expect(ended()).toEqual([]);
  await requires(stopped);
  expect(ended()).toEqual([
    "controller-0 is off, and the state does not know it; run `pulumi up --refresh`, which starts it",
  ]);
});
