import * as pulumi from "@pulumi/pulumi";

/**
 * Whether an earlier `up` of the current stack has ended well: the stack then has its outputs, and the cluster
 * stands. A failed `up` takes none of them away.
 */
export function isEstablished(): pulumi.Output<boolean> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const self = new pulumi.StackReference("self", { name });
  return self.getOutput("memberList").apply((memberList) => typeof memberList === "string");
}
