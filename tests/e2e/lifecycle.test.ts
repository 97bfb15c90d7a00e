import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validateOutputs } from "../../core/contract/outputs";
import { Cluster } from "./harness/cluster";
import { Lab, NOT_DEFAULT } from "./harness/lab";
import { keyLines, leaks, ProcessWatch } from "./harness/secrets";

/** As the chapter prints it: computed by etcd from the peer URLs and the token. */
const SEED_MEMBER_LIST = [
  "3a57933972cb5131, started, controller-2, https://10.240.0.12:2380, https://10.240.0.12:2379, false",
  "f98dc20bce6225a0, started, controller-0, https://10.240.0.10:2380, https://10.240.0.10:2379, false",
  "ffed16798470cab5, started, controller-1, https://10.240.0.11:2380, https://10.240.0.11:2379, false",
].join("\n");

const CONTROLLERS = ["controller-0", "controller-1", "controller-2"];

const lab = new Lab();
const cluster = new Cluster(lab);
let processArguments = "";

beforeAll(async () => {
  await lab.boot();
  const watch = new ProcessWatch();
  const { status, output } = await lab.up();
  processArguments = watch.stop();
  if (status !== 0) throw new Error(output);
});

afterAll(() => lab.down());

test("the member list is the seed's", async () => {
  const outputs = validateOutputs(await lab.outputs());
  expect(outputs.memberList).toBe(SEED_MEMBER_LIST);
  expect(outputs.members.map(({ id, name }) => [id, name])).toEqual([
    ["3a57933972cb5131", "controller-2"],
    ["f98dc20bce6225a0", "controller-0"],
    ["ffed16798470cab5", "controller-1"],
  ]);
  expect(outputs.endpoints).toEqual([
    "https://10.240.0.10:2379",
    "https://10.240.0.11:2379",
    "https://10.240.0.12:2379",
  ]);
  expect(outputs.etcdVersion).toBe("3.4.10");
});

test("every member is healthy and answers its clients over TLS alone", async () => {
  const { output } = await lab.must("etcdctl", "endpoint", "health", "--cluster");
  expect(output.match(/is healthy/g)).toHaveLength(3);
  const plain = await lab.onHost(
    "controller-0",
    "sh",
    "-c",
    "curl -s http://10.240.0.10:2379/health; echo $?",
  );
  expect(plain).not.toContain('"health":"true"');
  const noCert = await lab.onHost(
    "controller-0",
    "sh",
    "-c",
    "curl -s --cacert /etc/etcd/ca.pem https://10.240.0.10:2379/health; echo status=$?",
  );
  expect(noCert).toMatch(/^status=(35|55|56)$/m);
});

test("files have the seed's names, and keys are for root and etcd only", async () => {
  for (const host of CONTROLLERS) {
    const modes = await lab.onHost(
      host,
      "stat",
      "-L",
      "-c",
      "%a %U:%G %n",
      "/var/lib/etcd",
      "/etc/etcd/ca.pem",
      "/etc/etcd/kubernetes.pem",
      "/etc/etcd/kubernetes-key.pem",
    );
    expect(modes.split("\n")).toEqual([
      "700 etcd:etcd /var/lib/etcd",
      "640 root:etcd /etc/etcd/ca.pem",
      "640 root:etcd /etc/etcd/kubernetes.pem",
      "640 root:etcd /etc/etcd/kubernetes-key.pem",
    ]);
    expect(await lab.onHost(host, "readlink", "/usr/local/bin/etcd")).toBe("/opt/etcd/v3.4.10/etcd");
  }
});

test("etcd runs with the seed's flags, as its own user, hardened", async () => {
  const command = await lab.onHost("controller-1", "sh", "-c", "tr '\\0' ' ' </proc/$(pidof etcd)/cmdline");
  expect(command.trim()).toBe(
    "/usr/local/bin/etcd --name controller-1 --cert-file=/etc/etcd/kubernetes.pem " +
      "--key-file=/etc/etcd/kubernetes-key.pem --peer-cert-file=/etc/etcd/kubernetes.pem " +
      "--peer-key-file=/etc/etcd/kubernetes-key.pem --trusted-ca-file=/etc/etcd/ca.pem " +
      "--peer-trusted-ca-file=/etc/etcd/ca.pem --peer-client-cert-auth --client-cert-auth " +
      "--initial-advertise-peer-urls https://10.240.0.11:2380 --listen-peer-urls https://10.240.0.11:2380 " +
      "--listen-client-urls https://10.240.0.11:2379,https://127.0.0.1:2379 " +
      "--advertise-client-urls https://10.240.0.11:2379 --initial-cluster-token etcd-cluster-0 " +
      "--initial-cluster controller-0=https://10.240.0.10:2380,controller-1=https://10.240.0.11:2380," +
      "controller-2=https://10.240.0.12:2380 --initial-cluster-state new --data-dir=/var/lib/etcd",
  );
  const show = await lab.onHost(
    "controller-1",
    "systemctl",
    "show",
    "etcd",
    "-p",
    "Type,User,ActiveState,NRestarts",
  );
  expect(show.split("\n").sort()).toEqual(["ActiveState=active", "NRestarts=0", "Type=notify", "User=etcd"]);
  const security = await lab.onHost("controller-1", "systemd-analyze", "security", "etcd", "--no-pager");
  const exposure = Number(/exposure level for etcd\.service: ([\d.]+)/.exec(security)?.[1]);
  expect(exposure).toBeLessThanOrEqual(1.5);
});

test("the startup script, with the host's SSH key, is told to root alone", async () => {
  const ask = (user: string) =>
    lab.onHost(
      "controller-1",
      "sh",
      "-c",
      `setpriv --reuid ${user} --clear-groups curl -sS --max-time 5 -H 'Metadata-Flavor: Google' ` +
        "http://metadata.google.internal/computeMetadata/v1/instance/attributes/startup-script 2>&1 | head -n 1",
    );
  expect(await ask("root")).toBe("#!/bin/bash");
  expect(await ask("etcd")).toMatch(/Permission denied|Couldn't connect|Failed to connect/);
});

test("the unit says existing, and the one-shot permit is used up", async () => {
  for (const host of CONTROLLERS) {
    expect(await lab.onHost(host, "grep", "^INITIAL_CLUSTER_STATE=", "/etc/etcd/node.env")).toBe(
      "INITIAL_CLUSTER_STATE=existing",
    );
    expect(await lab.onHost(host, "sh", "-c", "ls /var/lib/etcd-node")).toBe("declared");
  }
});

test("a second up changes nothing and opens no SSH connection, and a preview needs no SSH", async () => {
  const logins = () =>
    Promise.all(
      CONTROLLERS.map((host) =>
        lab.onHost(
          host,
          "sh",
          "-c",
          "journalctl -u ssh -o cat | grep -c 'Connection from\\|Accepted' || true",
        ),
      ),
    );
  const before = await logins();
  expect(before.every((count) => Number(count) > 0)).toBe(true);
  const { status, output } = await lab.up();
  expect(status).toBe(0);
  expect(output).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
  for (const host of CONTROLLERS) await lab.onHost(host, "systemctl", "stop", "ssh");
  const preview = await lab.run("pulumi", "preview", "--non-interactive", "--diff");
  for (const host of CONTROLLERS) await lab.onHost(host, "systemctl", "start", "ssh");
  expect(preview.status).toBe(0);
  expect(preview.output).toMatch(/Resources:\n +\d+ unchanged(\n|$)/);
  expect(await logins()).toEqual(before);
});

describe("verify", () => {
  const verify = () => lab.run("verify");

  test("finds everything as declared", () => cluster.expectAsDeclared());

  test("names what was changed by hand, and pulumi up fixes it with the command that it prints", async () => {
    await lab.onHost("controller-1", "sh", "-c", "echo ETCD_LOG_LEVEL=debug >>/etc/etcd/etcd.env");
    await lab.onHost("controller-1", "sh", "-c", "systemctl restart etcd && systemctl disable -q etcd");
    await lab.onHost("controller-1", "chmod", "0644", "/etc/etcd/kubernetes-key.pem");
    const { status, output } = await verify();
    expect(status).toBe(1);
    for (const what of [
      "/etc/etcd/etcd.env",
      "unit UnitFileState",
      "ETCD_ variables of the process",
      "what the process was started with",
      "/etc/etcd/kubernetes-key.pem",
    ]) {
      expect(output).toContain(`controller-1: ${what}\n`);
    }
    expect(output).toContain("5 differences");
    const urn = /fix: +pulumi up --replace '(\S+)'/.exec(output)?.[1] ?? "";
    await lab.mustUp({}, "--replace", urn);
    await cluster.expectAsDeclared();
  });

  test("reports a member that is stopped, and one whose node does not answer", async () => {
    await lab.onHost("controller-2", "systemctl", "stop", "etcd");
    const stopped = await verify();
    await lab.onHost("controller-2", "systemctl", "start", "etcd");
    expect(stopped.status).toBe(1);
    expect(stopped.output).toContain("controller-2: unit ActiveState\n");
    expect(stopped.output).toContain("controller-2: endpoint health\n");

    await lab.onHost("controller-0", "systemctl", "stop", "ssh");
    const silent = await verify();
    await lab.onHost("controller-0", "systemctl", "start", "ssh");
    expect(silent.status).toBe(1);
    expect(silent.output).toContain("controller-0: SSH\n");
    await cluster.expectAsDeclared();
  });
});

test("the lab cuts a host off, and joins it again", async () => {
  const peerPort = "timeout 2 bash -c '</dev/tcp/10.240.0.12/2380' 2>/dev/null && echo open || echo shut";
  const dial = () => lab.onHost("controller-0", "bash", "-c", peerPort);
  await lab.must("partition", "controller-2", "peer");
  expect(await dial()).toBe("shut");
  await lab.must("heal", "controller-2");
  expect(await dial()).toBe("open");
});

test("a member restarts on its data without the engine", async () => {
  await lab.onHost("controller-2", "systemctl", "restart", "etcd");
  const { stdout } = await lab.must("etcdctl", "member", "list");
  expect(stdout.trim()).toBe(SEED_MEMBER_LIST);
});

describe("no private key", () => {
  let lines: readonly string[];
  let keys: number;
  beforeAll(async () => {
    ({ lines, keys } = keyLines(await lab.plainState()));
  });

  test("is missed by the search: every key of the state is known to it", async () => {
    // CA, three members, kubernetes, etcd-client: SEC1, PKCS#8 and OpenSSH; deploy key and three host keys: PKCS#8 and OpenSSH.
    expect(keys).toBe(6 * 3 + 4 * 2);
    const planted = `some log\nkey: ${lines[3]}\n`;
    expect(leaks(lines, planted)).toEqual([lines[3]]);
  });

  test("is in what any command printed", () => {
    expect(lab.printed.join("\n").length).toBeGreaterThan(10_000);
    expect(leaks(lines, lab.printed.join("\n"))).toEqual([]);
  });

  test("is in the state on disk", () => {
    expect(lab.stateFiles()).toContain("etcd-pki-ca-1");
    expect(leaks(lines, lab.stateFiles())).toEqual([]);
  });

  test("is in any process's arguments or environment during the up", () => {
    expect(processArguments).toContain("/usr/local/lib/etcd-node/converge.sh");
    expect(leaks(lines, processArguments)).toEqual([]);
  });

  test("is in the lab's or any host's logs", async () => {
    const logs = [readFileSync(join(lab.dir, "daemon.log"), "utf8")];
    for (const host of CONTROLLERS)
      logs.push(await lab.onHost(host, "journalctl", "--no-pager", "-o", "cat"));
    expect(logs.join("\n")).toContain("etcd-node");
    expect(leaks(lines, logs.join("\n"))).toEqual([]);
  });

  test("is in a preview of changed settings", async () => {
    await lab.set({ quotaBackendBytes: "4294967296" });
    const { output } = await lab.run("pulumi", "preview", "--non-interactive", "--diff");
    await lab.unset("quotaBackendBytes");
    expect(output).toContain("ETCD_QUOTA_BACKEND_BYTES=4294967296");
    expect(leaks(lines, output)).toEqual([]);
  });
});

test("destroy leaves nothing of the stack in the cloud", async () => {
  const { status, output } = await lab.run("pulumi", "destroy", "--yes", "--non-interactive");
  expect([status, output]).toEqual([0, expect.stringMatching(/\d+ deleted/)]);
  for (const collection of [
    "zones/us-west1-a/instances",
    "zones/us-west1-a/disks",
    "regions/us-west1/addresses",
    "global/networks",
  ]) {
    expect(await lab.api("GET", `${collection}?filter=${NOT_DEFAULT}`)).not.toHaveProperty("items");
  }
});

// Both with the lab's API in place of Google's, and nothing else changed.
test.each([
  ["dev", ["accessConfigs", "e2-medium"]],
  ["prod", ["deletionProtection", "n2-standard-4"]],
])("stack %s previews", async (stack, signs) => {
  const lines = readFileSync(join(__dirname, "../../Pulumi.lab.yaml"), "utf8").matchAll(
    /^ {2}(gcp:\w+): (.*)$/gm,
  );
  for (const [, name = "", value = ""] of lines) {
    await lab.must("pulumi", "-s", stack, "config", "set", "--plaintext", name, "--", value);
  }
  const { status, output } = await lab.run("pulumi", "-s", stack, "preview", "--non-interactive", "--diff");
  expect([status, output]).toEqual([0, expect.stringMatching(/\+ \d+ to create/)]);
  for (const sign of signs) expect(output).toContain(sign);
});
