import type { Location } from "./collection";
import { invalid } from "./errors";
import { baseName, selfLink } from "./paths";

const SERIES =
  /^(e2|n1|n2|n2d|n4|c2|c3|c4|c4a|t2a|t2d)-(standard|highmem|highcpu|micro|small|medium)(-\d+)?$/;

/** The link of a machine type given by name or link. */
export function machineTypeLink(type: unknown, at: Location): string {
  const name = baseName(String(type));
  if (!SERIES.test(name)) {
    const zone = baseName(at.scope);
    throw invalid(
      "resource.machineType",
      type,
      `Machine type with name '${name}' does not exist in zone '${zone}'.`,
    );
  }
  return selfLink(`projects/${at.project}/${at.scope}/machineTypes/${name}`);
}
