import { createHash } from "node:crypto";

/**
 * What kube-apiserver encrypts secrets by before etcd gets them. It also reads what is not encrypted.
 *
 * @param keyPem the key is made of it, as secret as the result.
 * @param writes false for the first `up` of API servers that stand: none may write what another cannot read yet.
 */
export function renderEncryption(keyPem: string, writes: boolean): string {
  const secret = createHash("sha256").update(keyPem).digest("base64");
  const providers = [`secretbox: { keys: [{ name: key1, secret: ${secret} }] }`, "identity: {}"];
  return [
    "apiVersion: apiserver.config.k8s.io/v1",
    "kind: EncryptionConfiguration",
    "resources:",
    "  - resources: [secrets]",
    "    providers:",
    ...(writes ? providers : providers.reverse()).map((provider) => `      - ${provider}`),
    "",
  ].join("\n");
}
