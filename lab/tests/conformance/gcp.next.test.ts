import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Provider } from "./harness/provider";
import { type ApiRequest, RecordedApi, requestsByResource } from "./harness/recordedApi";
import { storeApp } from "./harness/storeApp";
import type { WireMap } from "./harness/wire";

/* What the official plugin 9.35.0 makes of properties and questions that this program doesn't use yet. */
interface Check {
  readonly type: string;
  readonly inputs: WireMap;
  readonly checked: WireMap;
}
interface Invoke {
  readonly token: string;
  readonly args: WireMap;
  readonly result: WireMap;
}

const lines = readFileSync(join(__dirname, "cases/gcp-next.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Check | Invoke | ApiRequest);
const checks = lines.filter((line) => "checked" in line);
const invokes = lines.filter((line) => "token" in line);
const requests = lines.filter((line) => "method" in line);
const isQuestion = ({ path }: ApiRequest) => /images|machineTypes/.test(path);

const api = new RecordedApi(storeApp());
let gcp: Provider;
beforeAll(async () => {
  await api.start();
  gcp = await Provider.start("gcp", {
    config: {
      project: "p",
      accessToken: "/dev/null/none",
      computeCustomEndpoint: `${api.url}/compute/v1/`,
      skipRegionValidation: "true",
      addPulumiAttributionLabel: "false",
    },
  });
});
afterAll(async () => {
  await gcp?.stop();
  await api.stop();
});

test.each(checks.map((check) => [check.type, check] as const))(
  "check %s",
  async (type, { inputs, checked }) => {
    expect(await gcp.check(type, inputs)).toEqual({ inputs: checked, failures: [] });
  },
);

test.each(invokes.map((invoke) => [invoke.token, JSON.stringify(invoke.args), invoke] as const))(
  "%s %s",
  async (token, _, { args, result }) => {
    expect(await gcp.invoke(token, args)).toEqual({ result, failures: [] });
    const [question, ...others] = api.take();
    expect(others).toEqual([]);
    expect(requests).toContainEqual(question);
  },
);

test("the requests that make a disk, an external address with labels, and a VM with both", async () => {
  for (const { type, checked } of checks) await gcp.create(type, checked);
  expect(requestsByResource(api.take(), "vm")).toEqual(
    requestsByResource(
      requests.filter((request) => !isQuestion(request)),
      "vm",
    ),
  );
});

describe("a question is refused", () => {
  const IMAGE = "gcp:compute/getImage:getImage";
  test("that names nothing to look for, and one that names two", async () => {
    expect((await gcp.invoke(IMAGE, {})).failures).not.toEqual([]);
    expect((await gcp.invoke(IMAGE, { name: "a", family: "b" })).failures).not.toEqual([]);
  });

  test("with a property that there is not", async () => {
    expect((await gcp.invoke(IMAGE, { name: "a", nosuchProperty: "x" })).failures).not.toEqual([]);
  });

  test("when there is no such image", async () => {
    await expect(gcp.invoke(IMAGE, { name: "nosuch", project: "debian-cloud" })).rejects.toThrow(
      /error retrieving image information: googleapi: .*404/,
    );
  });
});
