import { LabApi, LINK, notFound } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const REGION = {
  kind: "compute#region",
  name: "us-west1",
  status: "UP",
  zones: ["a", "b", "c"].map((letter) => `${LINK}/zones/us-west1-${letter}`),
  selfLink: `${LINK}/regions/us-west1`,
};
const ZONE = {
  kind: "compute#zone",
  name: "us-west1-a",
  status: "UP",
  region: `${LINK}/regions/us-west1`,
  selfLink: `${LINK}/zones/us-west1-a`,
};

test("the project, a region and a zone are read", async () => {
  expect((await lab.call("GET", "/compute/v1/projects/p1")).body).toEqual({
    kind: "compute#project",
    name: "p1",
    selfLink: LINK,
  });
  expect(await lab.get("regions/us-west1")).toEqual(REGION);
  expect(await lab.get("zones/us-west1-a")).toEqual(ZONE);
});

test("regions and zones are listed", async () => {
  expect(await lab.get("regions")).toMatchObject({ kind: "compute#regionList", items: [REGION, {}, {}] });
  const zones = (await lab.get("zones")).items as { name: string }[];
  expect(zones[0]).toEqual(ZONE);
  expect(zones.map(({ name }) => name)).toEqual([
    "us-west1-a",
    "us-west1-b",
    "us-west1-c",
    "us-central1-a",
    "us-central1-b",
    "us-central1-c",
    "us-central1-f",
    "europe-west1-b",
    "europe-west1-c",
    "europe-west1-d",
  ]);
});

test.each(["regions/moon-1", "regions/constructor", "zones/us-west1-z", "zones/us-west1"])(
  "%s is not there",
  async (path) => {
    expect(await lab.call("GET", path)).toEqual(notFound(path));
  },
);
