import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { types } from "@pulumi/command";
import { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import { readRemote } from "../../components/nodeFiles";
import type { ClusterOutputs } from "../../core/contract/outputs";
import { renderCertificateFiles } from "../../core/node/certificateFiles";
import { contentHash } from "../../core/node/contentHash";
import { renderNodeBundle } from "../../core/node/nodeBundle";
import { shellCommand } from "../../core/node/shell";
import type { ControlPlaneSettings } from "./controlPlaneSettings";
import type { Credentials } from "./credentials";
import { renderEncryption } from "./encryption";
import { renderUnit } from "./unit";

const LIB = "/usr/local/lib/kube-apiserver-node";
const DECLARED_UNIT = "/var/lib/kubernetes/declared/kube-apiserver.service";

/** What a kube-apiserver is made of. */
export interface KubeApiserverArgs {
  readonly settings: ControlPlaneSettings;
  /** Internal address of its controller. */
  readonly address: string;
  /** How many API servers there are. */
  readonly count: number;
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  /** The etcd stack's outputs. Secret. */
  readonly etcd: pulumi.Output<ClusterOutputs>;
  readonly credentials: Credentials;
  /** What must serve before this one may be restarted. */
  readonly after: pulumi.Resource[];
}

/**
 * One kube-apiserver, in two commands: `install`, in parallel with the others', and `serve`, one after the other.
 * It is restarted only when its binary, its unit, its etcd CA bundle or its service account key is another one;
 * certificates are read again while it runs.
 */
export class KubeApiserver extends pulumi.ComponentResource {
  /** Once it serves. */
  readonly ready: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: KubeApiserverArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("control-plane:index:KubeApiserver", name, {}, opts);
    const install = this.createInstall();
    this.ready = this.createServe(install).stdout;
    this.registerOutputs({});
  }

  private createInstall(): Command {
    const { settings } = this.args;
    const stdin = this.unit().apply((unit) =>
      renderNodeBundle(
        [
          { path: `${LIB}/lib.sh`, mode: "0644", content: readRemote("lib.sh") },
          { path: `${LIB}/install.sh`, mode: "0755", content: read("install.sh") },
          { path: `${LIB}/serve.sh`, mode: "0755", content: read("serve.sh") },
          { path: DECLARED_UNIT, mode: "0644", content: unit },
        ],
        shellCommand(`timeout -k 10 600 ${LIB}/install.sh`, {
          version: settings.version,
          url: settings.url,
          sha256: settings.sha256,
        }),
      ),
    );
    return this.command("install", { create: "sudo bash -s", stdin, logging: "stderr" }, []);
  }

  private createServe(install: Command): Command {
    const { args } = this;
    const { clientCaPem, serviceAccountKeyPem, encryptionKeyPem } = args.credentials;
    const stdin = pulumi.secret(
      pulumi
        .all([install.stdout, args.etcd, clientCaPem, serviceAccountKeyPem, encryptionKeyPem])
        .apply(([run, etcd, clientCa, serviceAccountKey, encryptionKey]) =>
          renderCertificateFiles(run, {
            "etcd-ca.pem": etcd.caCertPem,
            "kubernetes.pem": etcd.kubernetesCertPem,
            "kubernetes-key.pem": etcd.kubernetesKeyPem,
            "etcd-client.pem": etcd.etcdClientCertPem,
            "etcd-client-key.pem": etcd.etcdClientKeyPem,
            "client-ca.pem": clientCa,
            "service-account-key.pem": serviceAccountKey,
            "encryption.yaml": renderEncryption(encryptionKey, args.settings.encryptSecrets),
          }),
        ),
    );
    const create = pulumi.all([args.etcd, clientCaPem, this.unit()]).apply(([etcd, clientCa, unit]) =>
      shellCommand(`sudo timeout -k 10 300 ${LIB}/serve.sh`, {
        version: args.settings.version,
        unit: contentHash([unit]),
        certificates: contentHash([etcd.caCertPem, etcd.kubernetesCertPem, etcd.etcdClientCertPem, clientCa]),
      }),
    );
    // What it is told is public, though it was made of a secret whole.
    const shown = pulumi.unsecret(create);
    return this.command("serve", { create: shown, update: shown, stdin, logging: "none" }, [
      install,
      ...args.after,
    ]);
  }

  private unit(): pulumi.Output<string> {
    const { address, count, etcd, settings } = this.args;
    return pulumi.unsecret(
      etcd.apply(({ endpoints }) =>
        renderUnit({ address, count, etcdServers: endpoints, serviceCidr: settings.serviceCidr }),
      ),
    );
  }

  private command(
    role: string,
    args: {
      create: pulumi.Input<string>;
      update?: pulumi.Input<string>;
      stdin: pulumi.Input<string>;
      logging: "stderr" | "none";
    },
    dependsOn: pulumi.Resource[],
  ): Command {
    const inputs = { ...args, connection: this.args.connection, addPreviousOutputInEnv: false };
    return new Command(`${this.name}-${role}`, inputs, { parent: this, dependsOn });
  }
}

function read(file: string): string {
  return readFileSync(join(__dirname, "remote", file), "utf8");
}
