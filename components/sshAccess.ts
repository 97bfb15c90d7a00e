import type * as pulumi from "@pulumi/pulumi";
import type { SshAccess } from "../core/contract/outputs";
import type { Connection } from "./memberNode";

/** A controller's connection as the outputs tell it; how long to try is the other stack's own business. */
export function sshAccessOf(name: string, { proxy, ...node }: pulumi.Unwrap<Connection>): SshAccess {
  return { name, connection: { ...endpoint(node), ...(proxy ? { proxy: endpoint(proxy) } : {}) } };
}

type Endpoint = Omit<pulumi.Unwrap<Connection>, "proxy">;

function endpoint({ host, port = 22, user = "", privateKey = "", hostKey = "" }: Endpoint) {
  return { host, port, user, privateKey, hostKey };
}
