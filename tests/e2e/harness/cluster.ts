import type { Lab } from "./lab";

/** The member IDs of the chapter's cluster, in order of the controllers: etcd's hash of peer URLs and token. */
export const SEED_IDS = ["f98dc20bce6225a0", "ffed16798470cab5", "3a57933972cb5131"];

/** Lets the clients of a test reach the members; see {@link Workload}. */
export const CLIENTS_MAY_REACH = { "apiServerSourceRanges[0]": "10.240.0.1/32" };

/** What the cluster itself says, asked on a controller. */
export class Cluster {
  constructor(private readonly lab: Lab) {}

  /** Member IDs by name, in order of the names. */
  async memberIds(askOn = "controller-0"): Promise<Record<string, string>> {
    const { stdout } = await this.lab.must("etcdctl", `@${askOn}`, "member", "list");
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(", "));
    const entries = rows.map(([id = "", , name = ""]) => [name, id] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
  }

  async clusterId(askOn = "controller-0"): Promise<string> {
    const { stdout } = await this.lab.must("etcdctl", `@${askOn}`, "endpoint", "status", "-w", "fields");
    return /"ClusterID" : (\d+)/.exec(stdout)?.[1] ?? "";
  }

  /** The version that each controller's etcd runs. */
  versions(hosts: readonly string[]): Promise<string[]> {
    const ask =
      "curl -s http://127.0.0.1:2381/metrics | sed -n 's/^etcd_server_version{server_version=\"\\(.*\\)\"} 1/\\1/p'";
    return Promise.all(hosts.map((host) => this.lab.onHost(host, "sh", "-c", ask)));
  }

  /** The name of the controller that leads. */
  async leader(hosts: readonly string[]): Promise<string> {
    const ask = "curl -s http://127.0.0.1:2381/metrics | sed -n 's/^etcd_server_is_leader //p'";
    const answers = await Promise.all(hosts.map((host) => this.lab.onHost(host, "sh", "-c", ask)));
    const leader = hosts[answers.indexOf("1")];
    if (!leader) throw new Error("no one leads");
    return leader;
  }

  /** Each etcd's main PID and its start, as a VM that boots again may give the same PID: another one is a restart. */
  pids(hosts: readonly string[]): Promise<string[]> {
    const show = ["systemctl", "show", "etcd", "-p", "MainPID,ExecMainStartTimestampMonotonic", "--value"];
    return Promise.all(hosts.map((host) => this.lab.onHost(host, ...show)));
  }

  /** sha256 of the certificate that a controller serves on a port. */
  served(host: string, ip: string, port: number): Promise<string> {
    const pki = "-cert /etc/etcd/kubernetes.pem -key /etc/etcd/kubernetes-key.pem";
    const ask = `openssl s_client -connect ${ip}:${port} ${pki} </dev/null 2>/dev/null | openssl x509 -outform DER | sha256sum`;
    return this.lab.onHost(host, "sh", "-c", ask);
  }

  /** Expects that the members are so many controllers, all healthy, and that the outputs say so. */
  async expectMembers(count: number): Promise<void> {
    const names = controllers(count);
    expect(Object.keys(await this.memberIds())).toEqual(names);
    const { output } = await this.lab.must("etcdctl", "endpoint", "health", "--cluster");
    expect(output.match(/is healthy/g)).toHaveLength(count);
    expect(((await this.lab.outputs()).endpoints as string[]).length).toBe(count);
  }

  /** Expects that `verify` finds everything as declared. */
  async expectAsDeclared(): Promise<void> {
    const { status, output } = await this.lab.run("verify");
    expect([status, output]).toEqual([0, expect.stringContaining("Everything is as declared.")]);
  }

  /** Deletes a controller's VM behind the engine's back, and its data disk as well, when told to. */
  async loseVm(host: string, withData = false): Promise<void> {
    const zone = `zones/us-west1-${"abc"[Number(host.split("-")[1]) % 3]}`;
    await this.lab.api("DELETE", `${zone}/instances/${host}`);
    if (withData) await this.lab.api("DELETE", `${zone}/disks/${host}-etcd-data`);
  }

  /** When each snapshot before a change was taken, on a controller. */
  async snapshots(host: string): Promise<string[]> {
    const list = await this.lab.onHost(host, "sh", "-c", "ls /mnt/disks/etcd/snapshots 2>/dev/null || true");
    return list.split("\n").filter((name) => name !== "");
  }
}

/** A controller's internal address. */
export function addressOf(host: string): string {
  return `10.240.0.1${host.split("-")[1]}`;
}

/** `controller-0`… */
export function controllers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `controller-${index}`);
}
