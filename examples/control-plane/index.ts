import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./controlPlaneSettings";
import { Credentials } from "./credentials";
import { readEtcdStack } from "./etcdStack";
import { KubeApiserver } from "./kubeApiserver";
import { renderKubeconfig } from "./kubeconfig";

/** One kube-apiserver on each controller, changed one after the other, so that the API is always served. */
module.exports = async () => {
  const settings = readSettings();
  const etcd = await readEtcdStack(settings.etcdStack);
  const credentials = new Credentials("credentials");
  let before: KubeApiserver | undefined;
  for (const [index, address] of etcd.addresses.entries()) {
    before = new KubeApiserver(`kube-apiserver-${index}`, {
      settings,
      address,
      count: etcd.addresses.length,
      connection: etcd.connection(index),
      etcd: etcd.outputs,
      credentials,
      after: before ? [before] : [],
    });
  }
  const ready = before?.ready ?? pulumi.output("");
  const servers = etcd.addresses.map((address) => `https://${address}:6443`);
  return {
    apiServers: servers,
    adminKubeconfig: pulumi.secret(
      pulumi
        .all([etcd.outputs, credentials.admin.certPem, credentials.admin.keyPem, ready])
        .apply(([{ caCertPem }, cert, key]) => renderKubeconfig(servers[0] ?? "", caCertPem, cert, key)),
    ),
  };
};
