import * as pulumi from "@pulumi/pulumi";

/** What this stack is set to. */
export interface ControlPlaneSettings {
  /** `ORGANIZATION/PROJECT/STACK` of the etcd stack. */
  readonly etcdStack: string;
  /** `MAJOR.MINOR.PATCH`. */
  readonly version: string;
  /** Of the kube-apiserver binary. */
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly serviceCidr: string;
  /** Whether API servers encrypt the secrets that they write; they read those that are encrypted in any case. */
  readonly encryptSecrets: boolean;
}

/** @throws RunError with every problem at once, before any resource is registered. */
export function readSettings(): ControlPlaneSettings {
  const config = new pulumi.Config();
  const text = (name: string) => config.get(name) ?? "";
  const [version, architecture, sha256] = ["kubernetesVersion", "architecture", "kubeApiserverSha256"].map(
    text,
  );
  const problems = [
    problem("kubernetesVersion", version, /^\d+\.\d+\.\d+$/, "write MAJOR.MINOR.PATCH, such as 1.33.4"),
    problem("architecture", architecture, /^(amd64|arm64)$/, "use amd64 or arm64"),
    problem(
      "kubeApiserverSha256",
      sha256,
      /^[0-9a-f]{64}$/,
      "write the binary's sha256 as 64 lower-case hex digits",
    ),
  ].flat();
  if (problems.length > 0)
    throw new pulumi.RunError(`problems in the settings; nothing was changed:\n${problems.join("\n")}`);
  const stack = text("etcdStack") || `${pulumi.getOrganization()}/etcd-on-gce/${pulumi.getStack()}`;
  return {
    etcdStack: stack,
    version: version ?? "",
    url: `${text("downloadBaseUrl")}/v${version}/bin/linux/${architecture}/kube-apiserver`,
    sha256: sha256 ?? "",
    serviceCidr: text("serviceCidr"),
    encryptSecrets: config.getBoolean("encryptSecrets") ?? true,
  };
}

function problem(name: string, value: string | undefined, good: RegExp, fix: string): string[] {
  return good.test(value ?? "") ? [] : [`- ${name}: got ${JSON.stringify(value)}; ${fix}`];
}
