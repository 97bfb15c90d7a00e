import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import {
  type ClusterOutputs,
  requireContractVersion,
  validateOutputs,
  validateSshAccess,
} from "../../core/contract/outputs";

/** The etcd stack, as its outputs tell it. */
export interface EtcdStack {
  /** Internal addresses of the controllers, in their order. */
  readonly addresses: readonly string[];
  /** Secret as a whole, since it holds a key. */
  readonly outputs: pulumi.Output<ClusterOutputs>;
  /** How a controller is reached. Secret. */
  connection(index: number): pulumi.Output<types.input.remote.ConnectionArgs>;
}

/**
 * Reads an etcd stack.
 *
 * @param name `ORGANIZATION/PROJECT/STACK`.
 * @throws RunError when its outputs are of another contract, or it has none.
 */
export async function readEtcdStack(name: string): Promise<EtcdStack> {
  const stack = new pulumi.StackReference(name);
  // How many controllers there are decides which resources there are, so it is read before any.
  const plain = async (output: string): Promise<unknown> => (await stack.getOutputDetails(output)).value;
  const version = await plain("contractVersion");
  asRunError(name, () => requireContractVersion(version));
  const endpoints = (await plain("endpoints")) as string[];
  const access = stack.outputs.apply(validateSshAccess);
  return {
    addresses: endpoints.map((endpoint) => new URL(endpoint).hostname),
    outputs: pulumi.secret(stack.outputs.apply(validateOutputs)),
    connection: (index) =>
      pulumi.secret(
        access.apply((all) => {
          const connection = all[index]?.connection;
          if (!connection) throw new Error(`the etcd stack's sshAccess has no controller ${index}`);
          return connection;
        }),
      ),
  };
}

/** A RunError is printed as its message alone. */
function asRunError(stack: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new pulumi.RunError(`stack ${stack}: ${(error as Error).message}`);
  }
}
