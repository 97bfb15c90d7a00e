import { type Answer, FINGERPRINT, ID, LabApi } from "./labApi";

let lab: LabApi;
beforeEach(() => {
  lab = new LabApi();
});
afterEach(() => lab.close());

const COLLECTION = "/iam/v1/projects/p1/serviceAccounts";
const EMAIL = "etcd-controller@p1.iam.gserviceaccount.com";
const PATH = `${COLLECTION}/${EMAIL}`;
const CREATE = { accountId: "etcd-controller", serviceAccount: { displayName: "etcd controllers" } };
const STORED = {
  name: `projects/p1/serviceAccounts/${EMAIL}`,
  projectId: "p1",
  uniqueId: ID,
  email: EMAIL,
  displayName: "etcd controllers",
  etag: FINGERPRINT,
  oauth2ClientId: ID,
};

/** IAM's errors name their canonical code, unlike compute's. */
function failure(code: number, status: string, reason: string, message: string): Answer {
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain: "global", reason }], status } },
  };
}
const UNKNOWN = failure(404, "NOT_FOUND", "notFound", "Unknown service account");

test("an account is made, read by its address or id, and deleted", async () => {
  expect(await lab.call("GET", PATH)).toEqual(UNKNOWN);
  expect(await lab.mutate("POST", COLLECTION, CREATE)).toEqual(STORED);
  const account = await lab.get(PATH);
  expect(account).toEqual(STORED);
  expect(await lab.get(`${COLLECTION}/${account.uniqueId}`)).toEqual(account);
  expect(await lab.get(`/iam/v1/projects/-/serviceAccounts/${EMAIL}`)).toEqual(account);
  expect(await lab.call("GET", PATH.replace("p1/", "p2/"))).toEqual(UNKNOWN);
  expect(await lab.call("DELETE", PATH)).toEqual({ status: 200, body: {} });
  expect(await lab.call("GET", PATH)).toEqual(UNKNOWN);
  expect(await lab.call("DELETE", PATH)).toEqual(UNKNOWN);
});

test("PATCH changes the names and the etag", async () => {
  const { etag } = await lab.mutate("POST", COLLECTION, CREATE);
  const patch = { serviceAccount: { displayName: "other", etag }, updateMask: "display_name" };
  const changed = await lab.mutate("PATCH", PATH, patch);
  expect(changed).toEqual({ ...STORED, displayName: "other" });
  expect(changed.etag).not.toBe(etag);
  expect(await lab.get(PATH)).toEqual(changed);
});

test("an account is disabled, and enabled again", async () => {
  await lab.mutate("POST", COLLECTION, CREATE);
  expect(await lab.call("POST", `${PATH}:disable`, {})).toEqual({ status: 200, body: {} });
  expect(await lab.get(PATH)).toEqual({ ...STORED, disabled: true });
  await lab.mutate("POST", `${PATH}:enable`, {});
  expect(await lab.get(PATH)).toEqual(STORED);
  expect(await lab.call("POST", `${COLLECTION}/other:disable`, {})).toEqual(UNKNOWN);
});

test("an account is made once", async () => {
  await lab.mutate("POST", COLLECTION, CREATE);
  expect(await lab.call("POST", COLLECTION, CREATE)).toEqual(
    failure(
      409,
      "ALREADY_EXISTS",
      "alreadyExists",
      "Service account etcd-controller already exists within project projects/p1.",
    ),
  );
});

test.each(["etcd", "e".repeat(31), "Etcd-controller", "etcd-controller-", "9etcd-controller"])(
  "the id %s is refused",
  async (accountId) => {
    expect(await lab.call("POST", COLLECTION, { accountId })).toEqual(
      failure(
        400,
        "INVALID_ARGUMENT",
        "badRequest",
        `Invalid service account ID: ${accountId}. It must be 6 to 30 characters of [a-z]([-a-z0-9]*[a-z0-9]).`,
      ),
    );
  },
);
