import { rmSync } from "node:fs";
import { recoverCloud } from "../e2e/harness/killMatrix";
import { Lab } from "../e2e/harness/lab";

const GOLDEN = ["3a57933972cb5131", "f98dc20bce6225a0", "ffed16798470cab5"];

const lab = new Lab();

beforeAll(() => lab.boot());
afterAll(() => lab.down());

/** Kills the engine as soon as its output shows `sign`. */
async function cutAt(sign: RegExp): Promise<void> {
  const running = lab.start("pulumi", "up", "--yes", "--non-interactive");
  expect(await running.shows((output) => sign.exec(output)?.[0])).toBeDefined();
  await lab.must("kill-engine");
  await running.ended;
}

test.each([
  ["while the VMs are made", /controller-0 creating/],
  ["while members are created", /member-0-bootstrap creating/],
  ["before the member list", /etcd-membership creating/],
])("a first up killed %s is finished by the next", async (_when, sign) => {
  await cutAt(sign);
  const { status, output } = await lab.up({}, ...(await recoverCloud(lab)));
  expect([status, output]).toEqual([0, expect.stringContaining("memberList")]);
  const { stdout } = await lab.must("etcdctl", "member", "list");
  expect(stdout.match(/^\w+/gm)).toEqual(GOLDEN);
  expect((await lab.up()).output).toMatch(/Resources:\n +\d+ unchanged/);
  await lab.must("pulumi", "destroy", "--yes", "--non-interactive");
});

test("what a lab left whose every process was killed is cleared by the next lab, and its files stay", async () => {
  await lab.mustUp();
  const hosts = (await lab.must("status")).output;
  for (const pid of lab.processes()) process.kill(pid, "SIGKILL");
  const next = new Lab();
  expect((await next.must("boot")).output).toContain(`clearing away what ${lab.dir} left`);
  await next.down();

  await lab.boot();
  expect((await lab.must("status")).output.replace(/daemon \d+/, "")).toBe(hosts.replace(/daemon \d+/, ""));
  const { stdout } = await lab.must("etcdctl", "member", "list");
  expect(stdout.match(/^\w+/gm)).toEqual(GOLDEN);
});

test("a lab with any process alive is not cleared by another", async () => {
  const next = new Lab();
  const { status, output } = await next.run("boot");
  expect([status, output]).toEqual([
    1,
    expect.stringContaining(`another lab is up on this machine, ${lab.dir}`),
  ]);
  rmSync(next.dir, { recursive: true });
  await lab.must("etcdctl", "endpoint", "health", "--cluster");
});
