import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStackExport } from "../../core/stackExport";
import { Cluster, controllers, SEED_IDS } from "../e2e/harness/cluster";
import { Lab } from "../e2e/harness/lab";
import { blocksBelow, runBlock } from "../e2e/harness/page";
import { enginesOwn, forgedBy, logIn, opensEtcd, type Pair } from "./harness/thief";

/** docs/operate/leaked-keys.md, by its own commands; after each, the thief presents what was stolen before it. */

const HOSTS = controllers(3);
const lab = new Lab();
const cluster = new Cluster(lab);
let stolen: Keys;

beforeAll(async () => {
  await lab.boot();
  await lab.mustUp();
  stolen = await keysNow();
});
afterAll(() => lab.down());

/** Every private key of the state, PEM, or OpenSSH for SSH's, and every certificate, by the resource's name. */
type Keys = ReadonlyMap<string, string>;

async function keysNow(): Promise<Keys> {
  const resources = readStackExport(await lab.plainState());
  const texts = resources.map(({ name, outputs: { certPem, privateKeyOpenssh, privateKeyPem } }) => {
    const isSsh = /-(deploy|host)-key$/.test(name);
    return [name, certPem ?? (isSsh ? privateKeyOpenssh : privateKeyPem)] as const;
  });
  return new Map(texts.flatMap(([name, text]) => (text ? [[name, String(text)]] : [])));
}

const pairOf = (keys: Keys, name: string): Pair => ({
  cert: keys.get(`etcd-pki-${name}`) ?? "",
  key: keys.get(`etcd-pki-${name}-key`) ?? "",
});
const deployKeyOf = (keys: Keys) => keys.get("etcd-deploy-key") ?? "";

async function expectClean(): Promise<void> {
  await cluster.expectAsDeclared();
  expect(Object.values(await cluster.memberIds())).toEqual(SEED_IDS);
}

test("deploy key: refused by every controller, and etcd notices nothing", async () => {
  for (const host of HOSTS) expect(await logIn(lab, deployKeyOf(stolen), host)).toBe("in");
  const pids = await cluster.pids(HOSTS);
  for (const block of blocksBelow("leaked-keys.md", "The deploy key")) await runBlock(lab, block);
  for (const host of HOSTS) {
    expect(await logIn(lab, deployKeyOf(stolen), host)).toMatch(/Permission denied/);
    expect(await logIn(lab, deployKeyOf(await keysNow()), host)).toBe("in");
  }
  expect(await cluster.pids(HOSTS)).toEqual(pids);
  await expectClean();
});

test("host key: whoever shows the old one is no controller any more, from the first command on", async () => {
  const [block = ""] = blocksBelow("leaked-keys.md", "A host's key");
  const [replace = "", ...after] = block.trim().split("\n");
  await runBlock(lab, replace);
  // It still shows the stolen key, as the thief would.
  expect((await lab.run("ssh", "controller-1", "true")).output).toContain("Host key verification failed");
  const refused = await lab.upRefused({ sshDialErrorLimit: "2" });
  expect(refused).toMatch(
    /member-1-install.*after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch/,
  );
  await lab.unset("sshDialErrorLimit");
  await runBlock(lab, after.join("\n"));
  await lab.must("ssh", "controller-1", "true");
  expect(await logIn(lab, deployKeyOf(await keysNow()), "controller-1")).toBe("in");
  await expectClean();
});

describe("certificates' keys and the CA's", () => {
  const LEAVES = ["kubernetes", "etcd-client", "controller-2"];
  const [both = "", sign = "", alone = ""] = blocksBelow("leaked-keys.md", "A certificate's key");
  const pairs = new Map<string, Pair>();

  const open = async () => {
    const opened: string[] = [];
    for (const [name, pair] of pairs) if (await opensEtcd(lab, pair)) opened.push(name);
    return opened;
  };

  test("open etcd until then", async () => {
    for (const name of LEAVES) pairs.set(name, pairOf(stolen, name));
    const ca = { cert: stolen.get("etcd-pki-ca-1") ?? "", key: stolen.get("etcd-pki-ca-1-key") ?? "" };
    pairs.set("forged by the CA's key", forgedBy(join(lab.dir, "forged"), ca));
    expect(await open()).toEqual([...pairs.keys()]);
  });

  test("a stolen key has no certificate of the new CA", async () => {
    await runBlock(lab, both);
    await runBlock(lab, sign);
    const now = await keysNow();
    for (const name of LEAVES)
      expect(await opensEtcd(lab, { ...pairOf(now, name), key: pairOf(stolen, name).key })).toBe(false);
    // And the old certificates are good until their CA is no longer trusted.
    expect(await open()).toEqual([...pairs.keys()]);
  });

  test("with the last step none of them opens etcd, and the new ones do", async () => {
    await runBlock(lab, alone);
    expect(await open()).toEqual([]);
    const now = await keysNow();
    for (const name of LEAVES) expect(await opensEtcd(lab, pairOf(now, name))).toBe(true);
    await expectClean();
  });
});

test("a client's certificate is no peer, and with peerMembersOnly a member's alone is", async () => {
  const isPeer = (name: string, keys: Keys) => opensEtcd(lab, pairOf(keys, name), "2380/members");
  const keys = await keysNow();
  // Its names are every controller's address.
  expect(await isPeer("kubernetes", keys)).toBe(true);
  expect(await isPeer("etcd-client", keys)).toBe(false);
  await lab.mustUp({ peerMembersOnly: "true" });
  expect(await isPeer("kubernetes", keys)).toBe(false);
  expect(await isPeer("etcd-client", keys)).toBe(false);
  expect(await isPeer("controller-1", keys)).toBe(true);
  expect(await isPeer("controller-2", keys)).toBe(false);
  await expectClean();
});

test("state: what is written under another key is nothing that the old one opens", async () => {
  const old = readFileSync(join(lab.dir, "passphrase"), "utf8").trim();
  const dir = join(lab.dir, "moved");
  mkdirSync(join(dir, "state"), { recursive: true });
  writeFileSync(join(dir, "Pulumi.yaml"), "name: etcd-on-gce\nruntime: nodejs\n");
  const plain = join(dir, "plain.json");
  writeFileSync(plain, await lab.plainState(), { mode: 0o600 });
  const pulumi = enginesOwn(dir);
  for (const args of ["init lab", `import --file ${plain}`, "change-secrets-provider passphrase"])
    expect(await pulumi(old, ["stack", ...args.split(" ")], "new\nnew\n")).toMatchObject({ exitCode: 0 });
  const read = await pulumi("new", ["stack", "export", "--show-secrets"]);
  expect(read.stdout).toContain("PRIVATE KEY");
  const { exitCode, all } = await pulumi(old, ["stack", "export", "--show-secrets"]);
  expect(exitCode).not.toBe(0);
  expect(all).toContain("incorrect passphrase");
});
