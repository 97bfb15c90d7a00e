import { GUEST, MetadataLab, PATH } from "./guest";

let lab: MetadataLab;
beforeEach(async () => {
  lab = new MetadataLab();
  await lab.start();
});
afterEach(() => lab.close());

const BASE = "/computeMetadata/v1/instance/guest-attributes";
const put = (path: string, body: string, type = "text/plain") =>
  lab.ask(`${BASE}/${path}`, {
    method: "PUT",
    body,
    headers: { "Metadata-Flavor": "Google", "Content-Type": type },
  });

test("what a guest writes it reads again: one value, a namespace, all", async () => {
  expect(await put("hostkeys/ssh-ed25519", "AAAA")).toMatchObject({ status: 200, text: "" });
  await put("hostkeys/ssh-rsa", "BBBB");
  await put("etcd/state", "ready");
  expect(await lab.ask(`${BASE}/hostkeys/ssh-ed25519`)).toMatchObject({ status: 200, text: "AAAA" });
  expect((await lab.ask(`${BASE}/hostkeys/`)).text).toBe("ssh-ed25519\nssh-rsa\n");
  const all = { hostkeys: { "ssh-ed25519": "AAAA", "ssh-rsa": "BBBB" }, etcd: { state: "ready" } };
  expect(JSON.parse((await lab.ask(`${BASE}/?recursive=true`)).text)).toEqual(all);
  const tree = JSON.parse((await lab.ask("/computeMetadata/v1/?recursive=true")).text);
  expect(tree.instance.guestAttributes).toEqual(all);
});

test("a second value replaces the first", async () => {
  await put("a/b", "one");
  await put("a/b", "two");
  expect((await lab.ask(`${BASE}/a/b`)).text).toBe("two");
});

test.each(["application/json", "application/x-www-form-urlencoded", "application/octet-stream"])(
  "a value sent as %s is kept as it is",
  async (type) => {
    expect((await put("a/b", '{"x": 1}', type)).status).toBe(200);
    expect((await lab.ask(`${BASE}/a/b`)).text).toBe('{"x": 1}');
  },
);

test("what no one wrote is not there", async () => {
  expect((await lab.ask(`${BASE}/a/b`)).status).toBe(404);
});

test.each([[[]], [[{ key: "enable-guest-attributes", value: "FALSE" }]]])(
  "with the metadata %j they are refused",
  async (items) => {
    await put("a/b", "secret");
    lab.setMetadata(items);
    const refusal = { status: 403, text: "Guest attributes endpoint access is disabled.\n" };
    expect(await put("a/b", "x")).toMatchObject(refusal);
    for (const path of ["/a/b", "/?recursive=true"])
      expect(await lab.ask(BASE + path)).toMatchObject(refusal);
  },
);

test("they belong to the instance, not to its name", async () => {
  await put("a/b", "old");
  lab.store.put(PATH, { ...GUEST, id: "9999999999999999999" });
  expect((await lab.ask(`${BASE}/a/b`)).status).toBe(404);
});
