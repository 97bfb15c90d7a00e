export type { DeclaredResource } from "./declaredResource";
export { unpinnedHostKeys } from "./sshHostKey";
export { stackFindings } from "./stackFindings";
