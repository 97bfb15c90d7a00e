/** A kubeconfig for the administrator, with everything in it. */
export function renderKubeconfig(server: string, caPem: string, certPem: string, keyPem: string): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "  - name: kubernetes",
    "    cluster:",
    `      server: ${server}`,
    `      certificate-authority-data: ${base64(caPem)}`,
    "users:",
    "  - name: admin",
    "    user:",
    `      client-certificate-data: ${base64(certPem)}`,
    `      client-key-data: ${base64(keyPem)}`,
    "contexts:",
    "  - name: admin@kubernetes",
    "    context: { cluster: kubernetes, user: admin }",
    "current-context: admin@kubernetes",
    "",
  ].join("\n");
}
