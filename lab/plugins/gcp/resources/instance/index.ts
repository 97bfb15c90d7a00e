import type { Operations, Resource } from "../../engine/operations";
import { waitForOperation } from "../../rest/operation";
import { goneOr, projectOf } from "../computeOperations";
import { createInstance } from "./create";
import { readInstance } from "./read";
import { instanceSchema } from "./schema";
import { updateInstance } from "./update";

const deleteInstance: Operations["delete"] = async (work, id, state) => {
  if (state.deletionProtection === true) {
    throw new Error(
      `Cannot delete instance ${String(state.name)}: instance Deletion Protection is enabled. ` +
        'Set deletion_protection to false for this resource and run "terraform apply" before attempting to delete it.',
    );
  }
  const started = await work.compute
    .send("DELETE", id, undefined, work.signal)
    .catch(goneOr("Error deleting instance"));
  if (started) {
    await waitForOperation(work, projectOf(id), started, "instance to delete");
  }
};

/** A VM. */
export const instance: Resource = {
  schema: instanceSchema,
  operations: {
    create: createInstance,
    read: readInstance,
    update: updateInstance,
    delete: deleteInstance,
  },
};
