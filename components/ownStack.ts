import * as pulumi from "@pulumi/pulumi";

/**
 * The current stack's outputs as the last `up` that ended well has left them; a failed one takes none away.
 * A new stack has none.
 */
export function lastOutputs(): pulumi.StackReference {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  return new pulumi.StackReference("self", { name });
}

/** The outputs that tell a policy what there was before; none of them is secret. */
const TOLD_TO_POLICIES = [
  "members",
  "etcdVersion",
  "certificateExpiry",
  "caCertPem",
  "kubernetesCertPem",
] as const;

/** What the last `up` has left, for policies: they see no step and no output, but every resource's properties. */
export function lastUp(last: pulumi.StackReference): pulumi.Output<Record<string, unknown>> {
  return pulumi.all(Object.fromEntries(TOLD_TO_POLICIES.map((name) => [name, last.getOutput(name)])));
}
