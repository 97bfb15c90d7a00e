import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { enforceFirewall } from "./api/collections/firewalls";
import { conditionsOf } from "./api/conditions/conditions";
import { bootMs } from "./api/conditions/latency";
import { runningHosts } from "./api/hostSpec";
import { createApi } from "./api/server";
import { Store } from "./api/store";
import { baseImageDir } from "./hosts/baseImage";
import { LAB_NETNS, METADATA_IP } from "./hosts/names";
import { createLabNetwork } from "./hosts/network";
import { createNspawnBackend } from "./hosts/nspawnBackend";
import { SlowBoot } from "./hosts/slowBoot";
import { createMetadataServer } from "./metadata/server";
import { createMirror } from "./mirror/server";

const API_PORT = 8700;
const MIRROR_PORT = 8701;
const METADATA_PORT = 80;

/** One process for the lab: API, metadata server and mirror, on top of the hosts. Runs inside the lab's namespace. */
async function main(): Promise<void> {
  const labDir = needed("ETCD_LAB_DIR");
  const cacheDir = process.env.ETCD_LAB_CACHE ?? join(homedir(), ".cache", "etcd-on-gce");
  mkdirSync(labDir, { recursive: true, mode: 0o700 });
  await createLabNetwork();
  const store = new Store(join(labDir, "api-state.json"));
  const hosts = createNspawnBackend({ labDir, baseImageDir, netns: LAB_NETNS });
  const backend = new SlowBoot(hosts, () => bootMs(conditionsOf(store)));
  const context = { store, backend };
  const servers = [
    createApi(context),
    createMetadataServer(store),
    createMirror({ etcd: join(cacheDir, "mirror"), kubernetes: join(cacheDir, "kubernetes") }),
  ] as const;
  const [api, metadata, mirror] = servers;
  await metadata.listen({ host: METADATA_IP, port: METADATA_PORT });
  await mirror.listen({ host: "0.0.0.0", port: MIRROR_PORT });
  // Hosts that should run and do not: this machine was restarted, or they were killed while no one looked.
  for (const host of runningHosts(store)) await backend.start(host);
  await enforceFirewall(context);
  await api.listen({ host: "0.0.0.0", port: API_PORT });
  const ready = join(labDir, "daemon.ready");
  writeFileSync(ready, `${process.pid}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      rmSync(ready, { force: true });
      void Promise.all(servers.map((server) => server.close())).finally(() => process.exit(0));
      // Long polls of guests would hold a close back.
      setTimeout(() => process.exit(0), 2_000).unref();
    });
  }
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the lab with lab/bin/lab`);
  return value;
}

main().catch((error: Error) => {
  console.error(`lab: ${error.message}`);
  process.exit(1);
});
