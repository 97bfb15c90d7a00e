import * as pulumi from "@pulumi/pulumi";
import type { OtherOutputs } from "../core/contract/outputs";

/** The output that the next `up` cannot do without. */
const NEEDED: keyof OtherOutputs = "vmFingerprints";

/** The outputs that tell a policy what there was before; none of them is secret. */
const FOR_POLICIES = ["members", "etcdVersion", "certificateExpiry", "caCertPem", "kubernetesCertPem"];

/** The outputs of the last successful `pulumi up`; a failed one does not change them. A new stack has none. */
export interface PreviousOutputs {
  /** Whether no `up` has succeeded yet. */
  readonly isFirst: pulumi.Output<boolean>;
  readonly vmFingerprints: pulumi.Output<OtherOutputs["vmFingerprints"]>;
  /** None from programs up to 0.1.0. */
  readonly dataDisks: pulumi.Output<OtherOutputs["dataDisks"]>;
  /** In order of the controllers; none where they had no reserved public addresses. */
  readonly externalAddresses: pulumi.Output<OtherOutputs["externalAddresses"]>;
  readonly forPolicies: pulumi.Output<Record<string, unknown>>;
}

/** Reads the current stack's own outputs. */
export function previousOutputs(): PreviousOutputs {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const last = new pulumi.StackReference("self", { name });
  const outputs = (names: readonly string[]) =>
    pulumi.all(Object.fromEntries(names.map((output) => [output, last.getOutput(output)])));
  // Programs up to 0.1.0 export them as `vmMarks`.
  const vmFingerprints = outputs([NEEDED, "vmMarks"]).apply(
    (known): OtherOutputs["vmFingerprints"] => known.vmFingerprints ?? known.vmMarks ?? {},
  );
  return {
    isFirst: vmFingerprints.apply((last) => Object.keys(last).length === 0),
    vmFingerprints,
    dataDisks: last.getOutput("dataDisks").apply((known): OtherOutputs["dataDisks"] => known ?? {}),
    externalAddresses: last
      .getOutput("externalAddresses")
      .apply((known): OtherOutputs["externalAddresses"] => known ?? []),
    forPolicies: outputs(FOR_POLICIES),
  };
}

/**
 * Fails a run of a program that does not export what its next run reads: then several VMs could be stopped or
 * replaced at the same time.
 */
export function requireExport(): void {
  pulumi.runtime.getStackResource()?.outputs.apply((exported) => {
    const problem = missingExport(exported);
    // The error is not caught, so Pulumi prints its message and the run fails; a logged error fails none.
    if (problem) throw new pulumi.RunError(problem);
  });
}

/** What is wrong with a program's exports, if anything. Exported for its test. */
export function missingExport(exported: Readonly<Record<string, unknown>> = {}): string | undefined {
  if (exported[NEEDED] !== undefined) return undefined;
  const fix = "export the cluster's outputs(), each by its own name: `export = cluster.outputs();`";
  return `the program exports no ${NEEDED}, which its next run needs; ${fix}`;
}
