import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { nodeFiles } from "../../../../components/nodeFiles";
import { NODE_LIB_DIR } from "../../../../core/node/layout";
import { addSpies, copyTree, fstab, makeTree } from "./tree";

/** How a run ended. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may be given besides its command. */
export interface RunOptions {
  readonly stdin?: string;
  /** Addresses on which something listens on port 2379. @default none */
  readonly listening?: readonly string[];
  /** Size in MiB of the file system that holds /opt. @default no limit */
  readonly roomMib?: number;
  /** Log every system command's argv and not the fakes' alone. @default false */
  readonly spyOnAll?: boolean;
}

/** The etcd.env that a test node is declared with. */
export const ETCD_ENV = "INITIAL_CLUSTER_TOKEN=etcd-cluster-0\nETCD_LOGGER=zap\n";

/** What is mounted on /var/lib/etcd. */
const DATA = "/mnt/disks/etcd/data";

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
const NAMESPACES = ["--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child"];

const nodes: TestNode[] = [];
const templates: TestNode[] = [];

/** A fresh node with the phases and what is declared on it; removed after the test. */
export function newNode(name = "controller-0", ip = "10.240.0.10"): TestNode {
  const node = new TestNode(makeTree(), name, ip);
  nodes.push(node);
  node.write("/fake/metadata/ip", ip);
  node.write("/fake/metadata/name", name);
  node.declare(ETCD_ENV);
  return node;
}

afterEach(() => {
  for (const node of nodes.splice(0)) rmSync(node.tree, { recursive: true, force: true });
});

afterAll(() => {
  for (const node of templates.splice(0)) rmSync(node.tree, { recursive: true, force: true });
});

/** Makes a node one that stays until the end of the test file, for {@link TestNode.copy}. */
export function asTemplate(node: TestNode): TestNode {
  nodes.splice(nodes.indexOf(node), 1);
  templates.push(node);
  return node;
}

/** One node: a tree on disk in which the real phases run, with fakes for what a test cannot have. */
export class TestNode {
  constructor(
    readonly tree: string,
    readonly name: string,
    readonly ip: string,
  ) {}

  /** Another node in the same state; removed after the test. */
  copy(): TestNode {
    const node = new TestNode(copyTree(this.tree), this.name, this.ip);
    nodes.push(node);
    return node;
  }

  /** Puts the phases, the unit and `etcdEnv` where `install` puts them. */
  declare(etcdEnv: string): void {
    for (const { path, mode, content } of nodeFiles(etcdEnv))
      this.write(path, content, Number.parseInt(mode, 8));
  }

  /** Runs a phase by its real file. */
  phase(name: string, options: Readonly<Record<string, string>>, run: RunOptions = {}): RunResult {
    const words = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
    return this.run(["bash", `${NODE_LIB_DIR}/${name}.sh`, ...words], run);
  }

  /** Runs a command on the node, as root. */
  run(command: readonly string[], options: RunOptions = {}): RunResult {
    if (options.spyOnAll) addSpies(this.tree);
    writeFileSync(this.at("/fake/fstab"), fstab(this.tree, options.roomMib ?? 0));
    const sandbox = [
      join(__dirname, "sandbox.sh"),
      this.tree,
      this.name,
      (options.listening ?? []).join(" "),
    ];
    const path = ["/fake/bin", ...(options.spyOnAll ? ["/fake/spies"] : []), SYSTEM_PATH].join(":");
    const { status, stdout, stderr, error } = spawnSync(
      "unshare",
      [...NAMESPACES, "bash", ...sandbox, "env", `PATH=${path}`, "BASH_ENV=/fake/clock.sh", ...command],
      {
        input: options.stdin ?? "",
        encoding: "utf8",
        env: { PATH: SYSTEM_PATH },
        timeout: 120_000,
        killSignal: "SIGKILL",
      },
    );
    if (error) throw new Error(`the sandbox needs Linux, root and util-linux: ${error.message}`);
    return { code: status, stdout, stderr };
  }

  /** Each call of a fake so far, one a line, quoted for a shell; `matching` narrows them down. */
  calls(matching = /./): string[] {
    return this.exists("/fake/calls")
      ? this.read("/fake/calls")
          .split("\n")
          .filter((c) => c && matching.test(c))
      : [];
  }

  /** Lets everything be killed when a fake is called with `part` in its call, before it does anything. */
  cutBefore(part: string): void {
    this.write("/fake/cut-before", `${part}\n`);
  }

  /** Undoes {@link cutBefore}. */
  uncut(): void {
    this.remove("/fake/cut-before");
  }

  forgetCalls(): void {
    rmSync(this.at("/fake/calls"), { force: true });
  }

  /** Where `path` is on this machine; the data dir is a bind mount from the data disk, as on a node. */
  at(path: string): string {
    return join(this.tree, path.replace(/^\/var\/lib\/etcd(?=\/|$)/, DATA));
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8");
  }

  write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content, { mode });
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true });
  }

  /** The names in a directory, hidden ones too; none where there is no such directory. */
  list(path: string): string[] {
    return existsSync(this.at(path)) ? readdirSync(this.at(path)).sort() : [];
  }

  /** Whether something is at `path`, also a link that leads nowhere outside of the node. */
  exists(path: string): boolean {
    return lstatSync(this.at(path), { throwIfNoEntry: false }) !== undefined;
  }

  link(path: string): string {
    return readlinkSync(this.at(path));
  }

  /** Such as `0640 root:etcd`. */
  permissions(path: string): string {
    const { mode, uid, gid } = statSync(this.at(path));
    const name = (file: string, id: number) =>
      this.read(file)
        .split("\n")
        .map((line) => line.split(":"))
        .find((fields) => fields[2] === String(id))?.[0] ?? String(id);
    return `0${(mode & 0o7777).toString(8)} ${name("/etc/passwd", uid)}:${name("/etc/group", gid)}`;
  }
}
