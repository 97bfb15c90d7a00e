import { INSTANCE, LabApi, notFound, prepare, REGION, ZONE } from "./labApi";

let lab: LabApi;
beforeEach(async () => {
  lab = new LabApi();
  await prepare(lab, "subnetwork", "address", "disk");
});
afterEach(() => lab.close());

const VM = `${ZONE}/instances/controller-0`;
const out = (...stockouts: object[]) => lab.conditions({ stockouts });

/** The operation as Google answers it: https://cloud.google.com/compute/docs/resource-error */
const NO_ROOM = {
  status: "DONE",
  progress: 100,
  httpErrorStatusCode: 503,
  httpErrorMessage: "SERVICE UNAVAILABLE",
  error: {
    errors: [
      {
        code: "ZONE_RESOURCE_POOL_EXHAUSTED",
        message:
          "The zone 'projects/p1/zones/us-west1-c' does not have enough resources available to fulfill the request.  Try a different zone, or try again later.",
        errorDetails: [
          {
            help: {
              links: [
                {
                  description: "Troubleshooting documentation",
                  url: "https://cloud.google.com/compute/docs/resource-error",
                },
              ],
            },
          },
          {
            localizedMessage: {
              locale: "en-US",
              message:
                "A e2-standard-2 VM instance is currently unavailable in the us-west1-c zone. Alternatively, you can try your request again with a different VM hardware configuration or at a later time. For more information, see the troubleshooting documentation.",
            },
          },
          {
            errorInfo: {
              reason: "resource_availability",
              domain: "compute.googleapis.com",
              metadatas: { attachment: "", vmType: "e2-standard-2", zone: "us-west1-c", zonesAvailable: "" },
            },
          },
        ],
      },
    ],
  },
};

/** As if the instance had not been asked for. */
async function nothingIsLeft(): Promise<void> {
  expect(await lab.call("GET", VM)).toEqual(notFound(VM));
  expect(await lab.call("GET", `${ZONE}/disks/controller-0`)).toEqual(notFound(`${ZONE}/disks/controller-0`));
  expect(await lab.get(`${ZONE}/disks/data-0`)).not.toHaveProperty("users");
  expect((await lab.get(`${REGION}/addresses/controller-0`)).status).toBe("RESERVED");
}

test.each([[{ zone: "us-west1-c" }], [{ zone: "us-west1-c", family: "e2" }]])(
  "an instance for which there is no room is accepted, and its operation fails: %p",
  async (stockout) => {
    await out(stockout);
    expect(await lab.mutate("POST", `${ZONE}/instances`, INSTANCE)).toMatchObject(NO_ROOM);
    expect(lab.hostCalls.filter((call) => call.startsWith("start"))).toEqual([]);
    await nothingIsLeft();
    await out();
    await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  },
);

test("with latency it is seen until its operation fails", async () => {
  await out({ zone: "us-west1-c" });
  await lab.conditions({ latency: "gce" });
  const started = await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
  expect([started.status, (await lab.get(VM)).status]).toEqual(["RUNNING", "PROVISIONING"]);
  lab.clock += 12_000;
  expect(await lab.get(`${ZONE}/operations/${started.name}`)).toMatchObject(NO_ROOM);
  await nothingIsLeft();
});

test.each([
  [{ zone: "us-west1-a" }],
  [{ zone: "us-west1-c", family: "n2" }],
  [{ zone: "us-west1-c", family: "e" }],
])("another zone or series is not touched by %p", async (stockout) => {
  await out(stockout);
  expect(await lab.mutate("POST", `${ZONE}/instances`, INSTANCE)).not.toHaveProperty("error");
});

test.each(["none", "gce"])(
  "a start for which there is no room leaves the instance off, with latency %s",
  async (latency) => {
    await lab.mutate("POST", `${ZONE}/instances`, INSTANCE);
    await lab.mutate("POST", `${VM}/stop`);
    await out({ zone: "us-west1-c" });
    await lab.conditions({ latency });
    const { name } = await lab.mutate("POST", `${VM}/start`);
    lab.clock += 12_000;
    expect(await lab.get(`${ZONE}/operations/${name}`)).toMatchObject(NO_ROOM);
    expect((await lab.get(VM)).status).toBe("TERMINATED");
    await out();
    await lab.mutate("POST", `${VM}/start`);
    lab.clock += 12_000;
    expect((await lab.get(VM)).status).toBe("RUNNING");
  },
);
