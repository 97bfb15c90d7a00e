import { at, record } from "../core/json";
import { DEPLOY_USER } from "../core/node/layout";
import { shellQuote } from "../core/node/shell";
import type { StateResource } from "../core/stackExport";

/** How to connect to a controller. `iap` is Google's tunnel for people; `direct` connects to its address. */
export type Way = "direct" | "bastion" | "iap";

/** All that ssh(1) needs to log in to a controller. */
export interface Access {
  readonly way: Way;
  /** The deploy user's, in OpenSSH's format. Secret. */
  readonly privateKey: string;
  /** Lines of a known_hosts file: pinned keys, by the names `controller-N` and `bastion`. */
  readonly knownHosts: string;
  /** Where to log in, as `USER@HOST`. */
  readonly target: string;
  /** `-o` options besides those of the files. */
  readonly options: Readonly<Record<string, string>>;
  /** The bastion's own target and port. */
  readonly bastion?: { readonly target: string; readonly port: number };
}

/** Names of the controllers that a state has, in order. */
export function controllersOf(state: readonly StateResource[]): string[] {
  const instances = state.filter(({ type }) => type === "gcp:compute:Instance");
  return instances
    .map(({ name }) => name)
    .filter((name) => /^controller-\d+$/.test(name))
    .sort();
}

/**
 * Reads from a stack's state how to log in to a controller.
 *
 * @param isInside whether internal addresses can be reached from here: no tunnel and no bastion is used.
 * @throws Error naming what the state does not have.
 */
export function accessOf(state: readonly StateResource[], controller: string, isInside: boolean): Access {
  const instance = state.find(({ type, name }) => type === "gcp:compute:Instance" && name === controller);
  if (!instance) {
    const known = controllersOf(state).join(", ") || "none; run `pulumi up` first";
    throw new Error(`controller: got ${controller}; the stack has ${known}`);
  }
  const key = (name: string, property: string) => {
    const value = state.find((one) => one.type === "tls:index:PrivateKey" && one.name === name)?.outputs[
      property
    ];
    if (typeof value !== "string")
      throw new Error(`${name} is not in the stack's state; run \`pulumi up\` first`);
    return value.trim();
  };
  const nic = at(instance.outputs, "networkInterfaces", "0");
  const external = at(nic, "accessConfigs", "0", "natIp");
  const proxy = proxyOf(state);
  const way: Way = isInside || external ? "direct" : proxy ? "bastion" : "iap";
  const host = (isInside ? undefined : external) ?? at(nic, "networkIp");
  return {
    way,
    privateKey: `${key("etcd-deploy-key", "privateKeyOpenssh")}\n`,
    knownHosts: [
      `${controller} ${key(`${controller}-host-key`, "publicKeyOpenssh")}\n`,
      ...(proxy ? [`bastion ${String(proxy.hostKey).trim()}\n`] : []),
    ].join(""),
    target: `${DEPLOY_USER}@${String(host)}`,
    options: { HostKeyAlias: controller, ...(way === "iap" ? { ProxyCommand: tunnelTo(instance) } : {}) },
    ...(way === "bastion" && proxy
      ? { bastion: { target: `${String(proxy.user)}@${String(proxy.host)}`, port: Number(proxy.port ?? 22) } }
      : {}),
  };
}

/** The bastion of the engine's own connections, if there is one. */
function proxyOf(state: readonly StateResource[]): Record<string, unknown> | undefined {
  const proxies = state.map(({ inputs }) => at(inputs.connection, "proxy"));
  const proxy = proxies.find((one) => one !== undefined && one !== null);
  return proxy === undefined ? undefined : record(proxy);
}

function tunnelTo({ outputs }: StateResource): string {
  const flags = ["name", "zone", "project"].map((property) => shellQuote(String(outputs[property])));
  const [name, zone, project] = flags;
  return `gcloud compute start-iap-tunnel ${name} %p --listen-on-stdin --zone=${zone} --project=${project} --verbosity=warning`;
}
