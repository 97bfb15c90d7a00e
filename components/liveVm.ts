import { getInstance } from "@pulumi/gcp/compute/getInstance";
import * as pulumi from "@pulumi/pulumi";
import type { Controller } from "../core/etcd/topology";
import { endRun } from "./endRun";

const UP = ["RUNNING", "PROVISIONING", "STAGING", "REPAIRING"];

/**
 * True when the controller's VM is there and off: somebody has stopped it, or a change that failed has left it so.
 * A plain `up` does not see it, since the engine compares with the state.
 */
export async function isOff({ name, zone }: Controller, parent: pulumi.Resource): Promise<boolean> {
  try {
    const { currentStatus } = await getInstance({ name, zone }, { parent });
    return !UP.includes(currentStatus ?? "RUNNING");
  } catch (error) {
    // Before the first `up` there is none. What else is wrong, the VM's own step tells.
    void pulumi.log.debug(`${name}: ${String(error)}`, parent);
    return false;
  }
}

/** Ends the run when the VM is still off. In a preview it may be: its step comes with `up`. */
export async function requireOn(controller: Controller, parent: pulumi.Resource): Promise<void> {
  if (pulumi.runtime.isDryRun() || !(await isOff(controller, parent))) return;
  return endRun(
    `${controller.name} is off, and the state does not know it; run \`pulumi up --refresh\`, which starts it`,
  );
}
