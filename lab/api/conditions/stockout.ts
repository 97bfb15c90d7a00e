import type { ApiContext, Location } from "../collection";
import type { OperationError } from "../operation";
import { baseName } from "../paths";
import type { Resource } from "../store";
import { conditionsOf } from "./conditions";

/**
 * The error by which the operation of an insert or a start ends when the zone has no room for the instance.
 * https://cloud.google.com/compute/docs/resource-error
 */
export function stockoutOf(
  instance: Resource | undefined,
  at: Location,
  { store }: ApiContext,
): OperationError | undefined {
  const zone = baseName(at.scope);
  const vmType = baseName(String(instance?.machineType));
  const isOut = conditionsOf(store).stockouts.some(
    (stockout) =>
      stockout.zone === zone && (stockout.family === undefined || vmType.startsWith(`${stockout.family}-`)),
  );
  if (!instance || !isOut) return undefined;
  return {
    httpStatus: [503, "SERVICE UNAVAILABLE"],
    code: "ZONE_RESOURCE_POOL_EXHAUSTED",
    message: `The zone 'projects/${at.project}/${at.scope}' does not have enough resources available to fulfill the request.  Try a different zone, or try again later.`,
    errorDetails: [
      {
        help: {
          links: [
            {
              description: "Troubleshooting documentation",
              url: "https://cloud.google.com/compute/docs/resource-error",
            },
          ],
        },
      },
      {
        localizedMessage: {
          locale: "en-US",
          message: `A ${vmType} VM instance is currently unavailable in the ${zone} zone. Alternatively, you can try your request again with a different VM hardware configuration or at a later time. For more information, see the troubleshooting documentation.`,
        },
      },
      {
        errorInfo: {
          reason: "resource_availability",
          domain: "compute.googleapis.com",
          metadatas: { attachment: "", vmType, zone, zonesAvailable: "" },
        },
      },
    ],
  };
}
