import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshAccess } from "../core/contract/outputs";
import { DEPLOY_USER } from "../core/node/layout";
import type { Settings } from "../core/settings";
import type { BastionSetting } from "../core/settings/bastion";

/** Of one TCP connection: a VM that is off does not refuse it, and says nothing. */
const DIAL_S = 5;

/** How a node is reached. */
export type Connection = types.input.remote.ConnectionArgs;

/** A node's pinned connection as the deploy user, through the bastion if there is one. Secret. */
export function connectionTo(
  { bastion, sshDialErrorLimit }: Pick<Settings, "bastion" | "sshDialErrorLimit">,
  node: { host: pulumi.Input<string>; hostKey: pulumi.Input<string>; privateKey: pulumi.Input<string> },
): pulumi.Output<Connection> {
  const dials = { dialErrorLimit: sshDialErrorLimit, perDialTimeout: DIAL_S };
  const proxy = bastion && bastionEndpoint(bastion, sshDialErrorLimit, node.privateKey);
  const connection = { ...node, user: DEPLOY_USER, ...dials, ...(proxy ? { proxy } : {}) };
  return pulumi.secret(connection) as pulumi.Output<Connection>;
}

/** The bastion's own pinned connection, with the same key. */
export function bastionEndpoint(
  { host, port = 22, user, hostKey }: BastionSetting,
  dialErrorLimit: number,
  privateKey: pulumi.Input<string>,
) {
  return { host, port, user, hostKey, privateKey, dialErrorLimit, perDialTimeout: DIAL_S };
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
