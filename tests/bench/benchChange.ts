import { type BenchOptions, onNewLabs } from "./newLab";
import { lab, must } from "./processes";
import { UP } from "./pulumiUp";
import { median, ratio, seconds, table } from "./report";

interface Change {
  readonly upMs: number;
  /** By hand, one after the other, without the time to log in. */
  readonly restartsMs: readonly number[];
}

const TIMEOUT_MS = 600_000;

const CONTROLLERS = ["controller-0", "controller-1", "controller-2"];

/** Restarts a member, waits until it is healthy and prints how many milliseconds that took. */
const RESTART = `
begin=$(date +%s%3N)
sudo systemctl restart etcd
until sudo ETCDCTL_API=3 /usr/local/bin/etcdctl --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem \\
  --key=/etc/etcd/kubernetes-key.pem --endpoints=https://127.0.0.1:2379 endpoint health >/dev/null 2>&1; do
  sleep 0.1
done
echo "took $(($(date +%s%3N) - begin))"
`;

/** A change that restarts every member, against restarts by hand. */
export async function benchChange(options: BenchOptions): Promise<string> {
  const { stop } = options;
  const changes = await onNewLabs(options, async (say): Promise<Change> => {
    const pulumi = (...words: string[]) => must(lab("pulumi", ...words), { timeoutMs: TIMEOUT_MS, stop });
    say("bringing the cluster up");
    await pulumi(...UP);
    say("raising the quota");
    await pulumi("config", "set", "etcd-on-gce:quotaBackendBytes", "4294967296");
    const { wallMs: upMs } = await pulumi(...UP);
    say("restarting the members by hand");
    const restartsMs: number[] = [];
    for (const controller of CONTROLLERS) restartsMs.push(await restart(controller, stop));
    return { upMs, restartsMs };
  });
  const up = median(changes.map(({ upMs }) => upMs));
  const byHand = median(changes.map(({ restartsMs }) => restartsMs.reduce((sum, ms) => sum + ms)));
  return [
    "A quota raised on three members, in seconds:",
    ...table([
      ["pulumi up", seconds(up)],
      ["three restarts by hand", seconds(byHand)],
    ]),
    `  ratio: pulumi up takes ${ratio(up, byHand)} × the restarts`,
  ].join("\n");
}

async function restart(controller: string, stop: AbortSignal): Promise<number> {
  const { stdout } = await must(lab("ssh", controller, RESTART), { timeoutMs: TIMEOUT_MS, stop });
  const took = /^took (\d+)$/m.exec(stdout)?.[1];
  if (took === undefined) throw new Error(`${controller} printed no time:\n${stdout}`);
  return Number(took);
}
