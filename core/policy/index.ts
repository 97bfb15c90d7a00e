export { type DeclaredResource, UNKNOWN } from "./declaredResource";
export { unpinnedHostKeys } from "./sshHostKey";
export { stackFindings } from "./stackFindings";
