import { failure, LabApi } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const BASE = "/compute/v1/projects/debian-cloud/global/images";
const NEWEST = {
  kind: "compute#image",
  id: "7000000000000000001",
  name: "debian-12-bookworm-v20261111",
  family: "debian-12",
  status: "READY",
  diskSizeGb: "10",
  architecture: "X86_64",
  selfLink:
    "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-bookworm-v20261111",
};

test("the provider's look-up of debian-cloud/debian-12: no such image, but a family", async () => {
  expect(await lab.call("GET", `${BASE}/debian-12`)).toEqual(
    failure(404, "notFound", "The resource 'projects/debian-cloud/global/images/debian-12' was not found"),
  );
  expect(await lab.call("GET", `${BASE}/family/debian-12`)).toEqual({ status: 200, body: NEWEST });
});

test("an image has its own name", async () => {
  expect(await lab.call("GET", `${BASE}/debian-12-bookworm-v20261111`)).toEqual({
    status: 200,
    body: NEWEST,
  });
});

test("arm64 is another family", async () => {
  expect((await lab.call("GET", `${BASE}/family/debian-12-arm64`)).body).toEqual({
    ...NEWEST,
    name: "debian-12-bookworm-arm64-v20261111",
    family: "debian-12-arm64",
    architecture: "ARM64",
    selfLink: NEWEST.selfLink.replace("bookworm", "bookworm-arm64"),
  });
});

test.each(["debian-cloud/global/images/family/debian-7", "ubuntu-os-cloud/global/images/family/debian-12"])(
  "%s is not there",
  async (path) => {
    expect(await lab.call("GET", `/compute/v1/projects/${path}`)).toEqual(
      failure(404, "notFound", `The resource 'projects/${path}' was not found`),
    );
  },
);
