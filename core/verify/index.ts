export { readStackExport } from "../stackExport";
export { observedPaths } from "./checks";
export { type DeclaredCluster, type DeclaredMember, declaredCluster } from "./declared";
export { type Answer, compare, renderText, type VerifyReport } from "./report";
