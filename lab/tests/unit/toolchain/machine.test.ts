import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { PREFIX } from "../../../hosts/names";

// The look at the machine, on this machine less what a test takes away: it runs where hosts cannot as well.

const ROOT = resolve(__dirname, "../../../..");
const MACHINE = join(ROOT, "lab/toolchain/machine.sh");
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "machine-"));
  mkdirSync(join(directory, "bin"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a command where the tests' fakes come first; the cache is a new one. */
function run(argv: string[], env: Record<string, string> = {}) {
  const [command = "", ...args] = argv;
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: {
      HOME: directory,
      ETCD_LAB_CACHE: join(directory, "cache/not/yet"),
      PATH: `${directory}/bin:${process.execPath.replace(/\/node$/, "")}:${SYSTEM_PATH}`,
      ...env,
    },
  });
  return { status, stdout, stderr };
}

const lines = (argv: string[]) => run(argv).stdout.split("\n").filter(Boolean);

function fake(program: string, script: string): void {
  const file = join(directory, "bin", program);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

const without = (...capabilities: string[]) => [
  "setpriv",
  `--bounding-set=${capabilities.map((name) => `-${name}`).join(",")}`,
  "--inh-caps=-all",
];

/** Those that {@link without} took, and whatever this machine did not have before. */
const LACKING = /^(?: {2}- )?capabilities: CAP_SYS_ADMIN, CAP_NET_ADMIN(, CAP_\w+)*$/m;

test("capabilities that are missing are named, all at once", () => {
  const [first] = lines([...without("sys_admin", "net_admin"), MACHINE]);
  expect(first).toMatch(LACKING);
  expect(run([...without("sys_admin"), MACHINE]).status).toBe(1);
});

test.each(["mknod", "sys_chroot"])("CAP_%s is needed", (name) => {
  expect(lines([...without(name), MACHINE])[0]).toMatch(
    new RegExp(`^capabilities: .*CAP_${name.toUpperCase()}`),
  );
});

test("somebody else than root is told so", () => {
  // Where everybody may read it, as a checkout need not be.
  cpSync(join(ROOT, "lab/toolchain"), join(directory, "toolchain"), { recursive: true });
  chmodSync(directory, 0o755);
  const become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const machine = [...(process.getuid?.() === 0 ? become : []), join(directory, "toolchain/machine.sh")];
  expect(lines(machine)[0]).toBe("root: the lab makes network namespaces and mounts");
});

test.each([
  [
    "cgroups",
    "mkdir",
    '[[ $1 != */etcd-lab-probe-* ]] && exec /bin/mkdir "$@"',
    /cgroups: \/sys\/fs\/cgroup.* cannot be written/,
  ],
  [
    "room",
    "df",
    "printf 'head\\n/dev/x 1 1 100 1 /\\n'",
    /room: .* has 100 MB, 7000 MB are needed; ETCD_LAB_CACHE names/,
  ],
  [
    "memory",
    "cat",
    '[[ $1 == */memory.max ]] && echo 536870912 || exec /bin/cat "$@"',
    /memory: there are 512 MB, 3500 MB are needed/,
  ],
])("%s", (_, program, script, line) => {
  fake(program, script);
  expect(lines([MACHINE]).filter((text) => line.test(text)).length).toBeGreaterThan(0);
});

test("a cgroup that is tried is not taken for a host by a lab that looks for its own", () => {
  fake("mkdir", `echo "$1" >>'${directory}/made'; exec /bin/mkdir "$@"`);
  run([MACHINE]);
  const tried = readFileSync(join(directory, "made"), "utf8").split("\n").filter(Boolean);
  expect(tried.map((path) => basename(path))).toContainEqual(expect.stringMatching(/^etcd-lab-probe-/));
  expect(tried.filter((path) => basename(path).startsWith(PREFIX))).toEqual([]);
});

// Without the capabilities there is nothing to be refused.
const hasCapabilities = !/^(capabilities|root): /m.test(spawnSync(MACHINE, { encoding: "utf8" }).stdout);

(hasCapabilities ? test : test.skip).each([
  ["namespaces", "unshare", "exit 1", "namespaces: 'unshare --mount --net --pid --ipc --uts' is refused"],
  [
    "overlayfs",
    "mount",
    '[[ $* == *overlay* ]] && exit 1; exec /bin/mount "$@"',
    "overlayfs: 'mount -t overlay' is refused; each host's root is one",
  ],
  ["loop devices", "losetup", "exit 1", "loop devices: 'losetup --find' finds none to use; each disk is one"],
])("%s that are refused are named", (_, program, script, line) => {
  expect(lines([MACHINE])).not.toContain(line);
  fake(program, script);
  expect(lines([MACHINE])).toContain(line);
});

// The lab needs a set-up to say so; without the manifest of one it says that first.
(existsSync(join(ROOT, "node_modules/.cache/etcd-lab/toolchain.json")) ? test : test.skip)(
  "lab boot and lab start say so, too, and leave nothing",
  () => {
    for (const command of ["boot", "start"]) {
      const lab = join(directory, "lab");
      const argv = [...without("sys_admin", "net_admin"), join(ROOT, "lab/bin/lab"), command];
      const { status, stderr } = run(argv, { ETCD_LAB_DIR: lab });
      expect([status, stderr.split("\n")[0]]).toEqual([
        1,
        "error: this machine lacks what the lab's hosts need:",
      ]);
      expect(stderr).toMatch(LACKING);
      expect(stderr).not.toContain(" at ");
      expect(existsSync(lab)).toBe(false);
    }
  },
);

test("setup says all of it before it installs anything, with the command that gives it", () => {
  fake("df", "printf 'head\\n/dev/x 1 1 100 1 /\\n'");
  const setup = [...without("sys_admin", "net_admin"), join(ROOT, "lab/bin/setup")];
  const { status, stdout, stderr } = run(setup, { container: "docker" });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr.split("\n").slice(0, 3)).toEqual([
    "error: this machine lacks what the lab's hosts need:",
    expect.stringMatching(LACKING),
    expect.stringMatching(/^ {2}- /),
  ]);
  expect(stderr).toContain("  - room: ");
  expect(stderr).toContain(
    'docker run --privileged --rm -it -v "$PWD:/src" -w /src node:22-bookworm npm start',
  );
  expect(existsSync(join(directory, "cache"))).toBe(false);
});
