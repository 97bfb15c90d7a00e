import { Lab } from "../e2e/harness/lab";
import { ProcessWatch } from "../e2e/harness/secrets";

const PASSWORD = "geheim42";
const lab = new Lab();

beforeAll(() => lab.boot());
afterAll(() => lab.down());

test("a password in the mirror's URL works, and is plain nowhere", async () => {
  const url = `http://u:${PASSWORD}@10.240.0.1:8701/etcd`;
  await lab.quietly("pulumi", "config", "set", "--secret", "etcd-on-gce:etcdDownloadBaseUrl", url);
  const preview = await lab.must("pulumi", "preview", "--non-interactive", "--diff");
  const watch = new ProcessWatch();
  await lab.mustUp();
  const seen = watch.stop();
  // The engine hands its program the settings by a variable of the program's own process.
  const others = seen.split("\n").filter((text) => !text.includes("PULUMI_CONFIG="));
  expect(others.join("\n")).not.toContain(PASSWORD);
  expect(preview.output).not.toContain(PASSWORD);
  expect(lab.stateFiles()).not.toContain(PASSWORD);
  const failed = await lab.upRefused({ etcdSha256: "0".repeat(64) });
  expect(failed).toContain("wrong checksum of http://10.240.0.1:8701/etcd/");
  await lab.unset("etcdSha256");
  const log = await lab.onHost(
    "controller-0",
    "sh",
    "-c",
    "journalctl --no-pager | cat; cat /var/log/*.log 2>/dev/null || true",
  );
  expect([log, ...lab.printed].join("\n")).not.toContain(PASSWORD);
  await lab.mustUp();
  expect((await lab.must("verify")).output).toContain("Everything is as declared.");
  // What it was, when it changes.
  await lab.quietly(
    "pulumi",
    "config",
    "set",
    "--secret",
    "etcd-on-gce:etcdDownloadBaseUrl",
    url.replace("u:", "v:"),
  );
  expect((await lab.must("pulumi", "preview", "--non-interactive", "--diff")).output).not.toContain(PASSWORD);
});

test("any other secret in the settings is refused before it is in the state", async () => {
  const secret = (name: string, value: string) =>
    lab.quietly("pulumi", "config", "set", "--secret", "--path", `etcd-on-gce:${name}`, value);
  await secret("labels.team", PASSWORD);
  await secret("nosuch", PASSWORD);
  const output = await lab.upRefused();
  expect(output).toContain("labels is a secret in the stack's settings, and would stand in clear");
  expect(output).toContain("nosuch is a secret");
  expect(output + lab.stateFiles()).not.toContain(PASSWORD);
});
