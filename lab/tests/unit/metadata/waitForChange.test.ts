import { MetadataLab, PATH } from "./guest";

let lab: MetadataLab;
beforeEach(async () => {
  lab = new MetadataLab();
  await lab.start();
});
afterEach(() => lab.close());

const KEYS = "/computeMetadata/v1/instance/attributes/ssh-keys";
const TREE = "/computeMetadata/v1//?recursive=true&alt=json";

async function timed<T>(promise: Promise<T>): Promise<[T, number]> {
  const start = Date.now();
  return [await promise, Date.now() - start];
}

test("the etag follows the value alone", async () => {
  const etag = async (path: string) => (await lab.ask(path)).headers.etag;
  const [keys, tree] = [await etag(KEYS), await etag(TREE)];
  expect(keys).toMatch(/^[0-9a-f]{16}$/);
  expect(await etag(KEYS)).toBe(keys);
  lab.setMetadata([
    { key: "ssh-keys", value: "admin:ssh-ed25519 AAAA admin" },
    { key: "more", value: "" },
  ]);
  expect(await etag(KEYS)).toBe(keys);
  expect(await etag(TREE)).not.toBe(tree);
});

test("a change ends the wait with the new value and its etag", async () => {
  const { etag } = (await lab.ask(KEYS)).headers;
  const waiting = timed(lab.ask(`${KEYS}?wait_for_change=true&last_etag=${etag}&timeout_sec=30`));
  await new Promise((resolve) => setTimeout(resolve, 300));
  lab.setMetadata([{ key: "ssh-keys", value: "new" }]);
  const [reply, ms] = await waiting;
  expect(reply).toMatchObject({ status: 200, text: "new" });
  expect(reply.headers.etag).toBe((await lab.ask(KEYS)).headers.etag);
  expect(reply.headers.etag).not.toBe(etag);
  expect(ms).toBeGreaterThanOrEqual(300);
  expect(ms).toBeLessThan(10_000);
});

test("without a change the wait ends with the same value after its time", async () => {
  const { etag } = (await lab.ask(KEYS)).headers;
  for (const last of [`&last_etag=${etag}`, ""]) {
    const [reply, ms] = await timed(lab.ask(`${KEYS}?wait_for_change=true&timeout_sec=1${last}`));
    expect(reply).toMatchObject({ status: 200, text: "admin:ssh-ed25519 AAAA admin", headers: { etag } });
    expect(ms).toBeGreaterThanOrEqual(1000);
  }
});

test("an etag that is not the current one is answered at once", async () => {
  const [reply, ms] = await timed(lab.ask(`${TREE}&wait_for_change=true&last_etag=NONE&timeout_sec=30`));
  expect(reply.status).toBe(200);
  expect(ms).toBeLessThan(10_000);
});

test("a key that is put in ends the wait for it, an instance that goes the wait of its guest", async () => {
  const wait = "wait_for_change=true&timeout_sec=30";
  const appearing = lab.ask(`/computeMetadata/v1/instance/attributes/later?${wait}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  lab.setMetadata([{ key: "later", value: "there" }]);
  expect(await appearing).toMatchObject({ status: 200, text: "there" });
  const gone = lab.ask(`${TREE}&${wait}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  lab.store.remove(PATH);
  expect((await gone).status).toBe(404);
});
