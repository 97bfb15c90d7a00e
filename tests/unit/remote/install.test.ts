import { nodeFiles } from "../../../components/nodeFiles";
import { NODE_LIB_DIR } from "../../../core/node/layout";
import { renderNodeBundle } from "../../../core/node/nodeBundle";
import { type PhaseValues, renderPhase } from "../../../core/node/phases";
import { ETCD_ENV, newNode, type RunOptions, type RunResult, type TestNode } from "./harness/node";
import { offerRelease } from "./harness/release";

const VERSION = "3.4.10";
const FORMATTED = /^mkfs\.ext4 /;

let node: TestNode;
let release: { url: string; sha256: string };

beforeEach(() => {
  node = newNode();
  release = offerRelease(node, VERSION);
});

function options(changed: Record<string, string> = {}): PhaseValues<"install"> {
  const { name, ip } = node;
  return { name, ip, disk: "etcd-data", size: "20", version: VERSION, ...release, instance: "1", ...changed };
}

function install(changed: Record<string, string> = {}, run: RunOptions = {}): RunResult {
  return node.phase("install", options(changed), run);
}

function expectSuccess({ code, stderr }: RunResult): void {
  expect(stderr).not.toContain("ERROR");
  expect(code).toBe(0);
}

function expectNothingInstalled(): void {
  expect(node.list("/opt/etcd")).toEqual([]);
  expect(node.list("/usr/local/bin")).toEqual([]);
}

test("a mirror's user and password come on stdin, and stand in no argument and no message", () => {
  const stdin = 'user = "u:geheim42"\n';
  const run = install({ sha256: "0".repeat(64) }, { stdin, spyOnAll: true });
  expect(run.stderr).toContain("wrong checksum of ");
  expectSuccess(install({}, { stdin, spyOnAll: true }));
  expect(node.calls(/^curl .*mirror/)).toEqual(
    Array(2).fill(expect.stringMatching(/^curl --config \/dev\/fd\/\d+ /)),
  );
  expect([...node.calls(), run.stderr].join("\n")).not.toContain("geheim42");
});

describe("on a fresh node", () => {
  beforeEach(() => expectSuccess(install()));

  test("puts the release in a directory of its own, as root's, with its checksum", () => {
    expect(node.list("/opt/etcd")).toEqual([`v${VERSION}`]);
    expect(node.list(`/opt/etcd/v${VERSION}`)).toEqual(["SHA256", "etcd", "etcdctl"]);
    for (const file of ["", "/etcd", "/etcdctl"]) {
      expect(node.permissions(`/opt/etcd/v${VERSION}${file}`)).toBe("0755 root:root");
    }
    expect(node.read(`/opt/etcd/v${VERSION}/SHA256`)).toBe(`${release.sha256}\n`);
  });

  test("makes etcd's own user, without a login or a home", () => {
    expect(node.read("/etc/passwd")).toMatch(/^etcd:x:\d+:\d+::\/var\/lib\/etcd:\/usr\/sbin\/nologin$/m);
    expect(node.exists("/home/etcd")).toBe(false);
  });

  test("formats the empty data disk, mounts it and gives etcd a directory that is its alone", () => {
    expect(node.calls(FORMATTED)).toEqual([
      expect.stringMatching(/ -L etcd-data .* \/dev\/disk\/by-id\/google-etcd-data$/),
    ]);
    expect(node.calls(/^systemctl (start|enable).*mount/)).toEqual([
      "systemctl enable --quiet --no-reload mnt-disks-etcd.mount var-lib-etcd.mount",
      "systemctl start mnt-disks-etcd.mount",
      "systemctl start var-lib-etcd.mount",
    ]);
    expect(node.permissions("/mnt/disks/etcd/data")).toBe("0700 etcd:etcd");
    expect(node.read("/etc/systemd/system/mnt-disks-etcd.mount")).toContain(
      "What=/dev/disk/by-id/google-etcd-data\nWhere=/mnt/disks/etcd\n",
    );
    expect(node.read("/etc/systemd/system/var-lib-etcd.mount")).toContain(
      "What=/mnt/disks/etcd/data\nWhere=/var/lib/etcd\nOptions=bind\n",
    );
    // Or systemd would forget how etcd has ended.
    expect(node.read("/etc/systemd/system/var-lib-etcd.mount")).toContain("\nBefore=etcd.service\n");
  });

  test("closes the metadata server, which tells the host's SSH key, to all but root, before etcd has a user", () => {
    const unit = node.read("/etc/systemd/system/etcd-node-metadata.service");
    const [allow, deny] = [...unit.matchAll(/^ExecStart=\/bin\/ip rule add (.*)$/gm)].map(([, rule]) => rule);
    const metadata = "to 169.254.169.254 ipproto 6 dport 80";
    expect(allow).toBe(`pref 90 ${metadata} iif lo uidrange 0-0 lookup main protocol kernel`);
    expect(deny).toBe(`pref 91 ${metadata} prohibit protocol kernel`);
    expect(node.calls(/(enable|restart).*etcd-node-metadata/)).toEqual([
      "systemctl enable --quiet --no-reload etcd-node-metadata.service",
      "systemctl restart etcd-node-metadata.service",
    ]);
  });

  test("lets no one log in by a password, or as root", () => {
    const conf = node.read("/etc/ssh/sshd_config.d/10-etcd-node.conf");
    expect(conf).toMatch(/^PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin no$/m);
    expect(node.calls(/ssh\.service/)).toEqual(["systemctl reload ssh.service"]);
  });

  test("neither links the release nor touches etcd: that is converge's", () => {
    expect(node.list("/usr/local/bin")).toEqual([]);
    expect(node.calls(/^systemctl .*\betcd$/)).toEqual([]);
  });
});

describe("run again", () => {
  test("downloads, formats and changes nothing", () => {
    expectSuccess(install());
    const snapshot = () =>
      node.run(["sh", "-c", "find /opt /mnt /etc /usr/local -type f -exec sha256sum {} + | sort"]);
    const before = snapshot().stdout;
    node.forgetCalls();
    expectSuccess(install());
    expect(snapshot().stdout).toBe(before);
    expect(node.calls(/^(curl .*--output|mkfs\.ext4) /)).toEqual([]);
    expect(node.calls(/^systemctl .*(restart|reload ssh|stop|\betcd$)/)).toEqual([]);
    expect(node.calls(/^systemctl daemon-reload/)).toEqual([]);
  });

  test("has systemd read etcd's drop-in, which has come with the scripts, once there is an etcd", () => {
    expectSuccess(install());
    node.write("/etc/systemd/system/etcd.service", "");
    node.forgetCalls();
    expectSuccess(install());
    expect(node.calls(/^systemctl (daemon-reload|restart)/)).toEqual(["systemctl daemon-reload"]);
  });

  test("ends when a file cannot be written, and takes nothing for done", () => {
    node.remove("/etc/ssh/sshd_config.d");
    node.write("/etc/ssh/sshd_config.d", "");
    const { code, stderr } = install();
    expect(code).not.toBe(0);
    expect(stderr).toContain("/etc/ssh/sshd_config.d");
  });

  test("restarts a changed metadata unit also where a run was killed before systemd had read it", () => {
    expectSuccess(install());
    node.write("/fake/loaded-metadata", "the unit of an older release\n");
    node.forgetCalls();
    expectSuccess(install());
    expect(node.calls(/^systemctl (daemon-reload|restart)/)).toEqual([
      "systemctl daemon-reload",
      "systemctl restart etcd-node-metadata.service",
    ]);
  });

  test("closes the metadata server again where somebody has opened it", () => {
    expectSuccess(install());
    node.forgetCalls();
    node.write("/fake/open-metadata", "");
    expectSuccess(install());
    expect(node.calls(/^systemctl restart/)).toEqual(["systemctl restart etcd-node-metadata.service"]);
  });

  test("goes on and says so in a container that may set no routing rules", () => {
    node.write("/fake/open-metadata", "");
    node.write("/fake/no-net-admin", "");
    const run = install();
    expectSuccess(run);
    expect(run.stderr).toContain("the metadata server stays open to every process");
    node.write("/fake/open-metadata", "");
    node.remove("/fake/no-net-admin");
    expect(install().stderr).not.toContain("stays open");
  });

  test("where sshd's unit has its other name, that is reloaded", () => {
    node.remove("/etc/ssh/sshd_config.d");
    node.write("/fake/refuses-ssh.service", "");
    node.forgetCalls();
    expectSuccess(install());
    expect(node.calls(/sshd?\.service/)).toEqual([
      "systemctl reload ssh.service",
      "systemctl reload sshd.service",
    ]);
  });

  test.each([
    ["etcd-node-metadata.service", "METADATA_OPEN"],
    ["ssh.service", "SSHD_REFUSED"],
  ])("fails where %s does not take it", (unit, code) => {
    node.remove("/etc/ssh/sshd_config.d");
    node.write("/fake/open-metadata", "");
    node.write(`/fake/refuses-${unit}`, "");
    node.write("/fake/refuses-sshd.service", "");
    const refused = { code: 1, stderr: expect.stringContaining(`ERROR ${code}: `) };
    expect(install()).toMatchObject(refused);
    // Nor is it taken for done.
    expect(install()).toMatchObject(refused);
  });

  test("enables the unit of a run that was killed before", () => {
    node.write("/fake/open-metadata", "");
    node.forgetCalls();
    expectSuccess(install());
    expect(node.calls(/enable.*etcd-node-metadata/)).toHaveLength(1);
  });

  test("keeps what is on the disk of a replaced VM", () => {
    node.write("/fake/disk", "ext4\n");
    node.write("/mnt/disks/etcd/data/member/wal/0.wal", "acknowledged");
    expectSuccess(install());
    expect(node.calls(FORMATTED)).toEqual([]);
    expect(node.read("/mnt/disks/etcd/data/member/wal/0.wal")).toBe("acknowledged");
  });

  test("puts another version beside the first one", () => {
    expectSuccess(install());
    const newer = offerRelease(node, "3.4.27");
    expectSuccess(install({ version: "3.4.27", ...newer }));
    expect(node.list("/opt/etcd")).toEqual(["v3.4.10", "v3.4.27"]);
  });

  test("replaces a build of the same version whose checksum is another, and keeps the old files", () => {
    expectSuccess(install());
    node.write(`/opt/etcd/v${VERSION}/SHA256`, `${"0".repeat(64)}\n`);
    expectSuccess(install());
    expect(node.read(`/opt/etcd/v${VERSION}/SHA256`)).toBe(`${release.sha256}\n`);
    const old = node.list("/opt/etcd").find((dir) => dir.startsWith(".old."));
    expect(node.list(`/opt/etcd/${old}`)).toEqual(["SHA256", "etcd", "etcdctl"]);
  });
});

describe("the release is refused", () => {
  test("when its checksum is wrong, before anything is unpacked", () => {
    const { code, stderr } = install({ sha256: "f".repeat(64) }, { spyOnAll: true });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `wrong checksum of ${release.url}: got ${release.sha256}, expected ${"f".repeat(64)}; nothing was unpacked. ` +
        "Check etcdSha256 or the mirror",
    );
    expect(node.calls(/^openssl dgst /)).not.toEqual([]);
    expect(node.calls(/^tar /)).toEqual([]);
    expectNothingInstalled();
  });

  test("when it is not available, naming the settings to look at", () => {
    const { code, stderr } = install({ url: "https://mirror.invalid/nothing.tar.gz" });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "download failed: https://mirror.invalid/nothing.tar.gz; check etcdDownloadBaseUrl and the controller's Internet access (Cloud NAT)",
    );
    expectNothingInstalled();
  });

  test("when the tarball holds a different version from declared", () => {
    const other = offerRelease(node, VERSION, "3.4.9");
    const { code, stderr } = install({ ...other });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "the tarball holds etcd '3.4.9', declared is 3.4.10; check etcdVersion and etcdSha256",
    );
    expectNothingInstalled();
  });

  test("when there is no room for it, before it is downloaded", () => {
    const { code, stderr } = install({}, { roomMib: 20 });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /no space for the release: \d+ MiB free on the file system of \/opt\/etcd, 300 MiB needed; free some space or raise bootDiskSizeGb/,
    );
    expect(node.calls(/^curl .*--output/)).toEqual([]);
  });

  test("and what was installed before stays as it was", () => {
    expectSuccess(install());
    expect(install({ version: "3.4.27", sha256: "f".repeat(64) }).code).toBe(1);
    expect(node.list("/opt/etcd")).toEqual([`v${VERSION}`]);
    expect(node.run([`/opt/etcd/v${VERSION}/etcd`, "--version"]).stdout).toContain(VERSION);
  });
});

describe("a data disk that has grown", () => {
  const RESIZED = /^resize2fs /;

  test("is waited for, and its file system is grown", () => {
    node.write("/fake/meanwhile", "echo 30 >/fake/disk-gib");
    expectSuccess(install({ size: "30" }));
    expect(node.calls(/^(blockdev|resize2fs) /).map((call) => call.split(" ")[0])).toEqual([
      "blockdev",
      "blockdev",
      "resize2fs",
    ]);
  });

  test("and that the VM does not see ends the phase", () => {
    const { code, stderr } = install({ size: "30" });
    expect([code, node.calls(RESIZED)]).toEqual([1, []]);
    expect(stderr).toContain("the data disk has 20 GiB after 60 s, declared are 30");
  });

  test("whose file system cannot grow ends the phase", () => {
    node.write("/fake/resize2fs-fails", "");
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain("the file system on the data disk does not grow");
  });
});

test("what may break while NAT comes up is tried again", () => {
  expectSuccess(install());
  for (const call of node.calls(/^curl /)) expect(call).toContain("--retry-all-errors");
});

describe("the node is refused", () => {
  test("when the metadata server does not tell its name", () => {
    node.remove("/fake/metadata/name");
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain("the metadata server does not answer with this VM's name");
    expect(node.calls(FORMATTED)).toEqual([]);
  });

  test("when it is not the declared one", () => {
    const { code, stderr } = install({ name: "controller-1" });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "expected controller-1 at this address, but this VM is controller-0; does the address belong to another VM?",
    );
    expect(node.calls(FORMATTED)).toEqual([]);
  });

  test.each([
    ["xfs", "holds xfs (blkid 0), not ext4; move it away or wipe it by hand"],
    ["LVM2_member", "holds LVM2_member (blkid 0), not ext4; move it away or wipe it by hand"],
  ])("when the data disk holds %s, which is never formatted", (type, message) => {
    node.write("/fake/disk", `${type}\n`);
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(node.calls(FORMATTED)).toEqual([]);
  });

  // 4: a usage error, 8: an ambivalent signature (blkid(8)).
  test.each(["4", "8"])("when blkid cannot tell what the data disk holds (status %s)", (status) => {
    node.write("/fake/blkid-status", status);
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain(`holds something unreadable (blkid ${status}), not ext4`);
    expect(node.calls(FORMATTED)).toEqual([]);
  });

  test("when the data disk does not appear", () => {
    node.write("/fake/no-disk", "");
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain(
      "the data disk /dev/disk/by-id/google-etcd-data did not appear in 60 s; is it attached to the VM?",
    );
  });

  test.each(["mnt-disks-etcd.mount", "var-lib-etcd.mount"])("when %s does not start", (unit) => {
    node.write(`/fake/refuses-${unit}`, "");
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain(`does not mount; see 'journalctl -u ${unit}'`);
    expectNothingInstalled();
  });

  test("when /var/lib/etcd is not on the data disk", () => {
    node.write("/fake/not-mounted", "");
    const { code, stderr } = install();
    expect(code).toBe(1);
    expect(stderr).toContain("/var/lib/etcd is not on the data disk");
  });
});

describe("as the program sends it: one script on stdin", () => {
  const bundle = () =>
    renderNodeBundle(nodeFiles(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`), renderPhase("install", options()));

  test("puts the phases in place and installs", () => {
    node.remove(NODE_LIB_DIR);
    expectSuccess(node.run(["bash", "-s"], { stdin: bundle() }));
    expect(node.permissions(`${NODE_LIB_DIR}/converge.sh`)).toBe("0755 root:root");
    expect(node.permissions(`${NODE_LIB_DIR}/lib.sh`)).toBe("0644 root:root");
    expect(node.read("/var/lib/etcd-node/declared/etcd.env")).toContain("ETCD_PRE_VOTE=true\n");
    expect(node.list("/opt/etcd")).toEqual([`v${VERSION}`]);
  });

  test("does nothing at all when it is cut off on the way", () => {
    node.remove(NODE_LIB_DIR);
    const whole = bundle();
    node.run(["bash", "-s"], { stdin: whole.slice(0, whole.length - "main </dev/null\n".length) });
    node.run(["bash", "-s"], { stdin: whole.slice(0, whole.length / 2) });
    expect(node.exists(NODE_LIB_DIR)).toBe(false);
    expect(node.calls()).toEqual([]);
  });
});
