import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshAccess } from "../core/contract/outputs";
import type { Settings } from "../core/settings";
import { DEPLOY_USER } from "./controllerVm";

/** How a node is reached. */
export type Connection = types.input.remote.ConnectionArgs;

/** A node's pinned connection as the deploy user, through the bastion if there is one. Secret. */
export function connectionTo(
  { bastion, sshDialErrorLimit }: Pick<Settings, "bastion" | "sshDialErrorLimit">,
  node: { host: pulumi.Input<string>; hostKey: pulumi.Input<string>; privateKey: pulumi.Input<string> },
): pulumi.Output<Connection> {
  const common = { privateKey: node.privateKey, dialErrorLimit: sshDialErrorLimit, perDialTimeout: 5 };
  const proxy = bastion && {
    host: bastion.host,
    port: bastion.port ?? 22,
    user: bastion.user,
    hostKey: bastion.hostKey,
    ...common,
  };
  // Behind a bastion it is the Command that is made again, see redialling.
  const behind = proxy ? { proxy, dialErrorLimit: 0 } : {};
  const connection = { ...node, user: DEPLOY_USER, ...common, ...behind };
  return pulumi.secret(connection) as pulumi.Output<Connection>;
}

/** A controller's connection as the outputs tell it; how long to try is the other stack's own business. */
export function sshAccessOf(name: string, connection: pulumi.Output<Connection>): pulumi.Output<SshAccess> {
  return connection.apply((known) => {
    const { proxy, ...node } = known as pulumi.Unwrap<Connection>;
    return { name, connection: { ...endpoint(node), ...(proxy ? { proxy: endpoint(proxy) } : {}) } };
  });
}

type Endpoint = Omit<pulumi.Unwrap<Connection>, "proxy">;

function endpoint({ host, port = 22, user = "", privateKey = "", hostKey = "" }: Endpoint) {
  return { host, port, user, privateKey, hostKey };
}
