import type { Location } from "./collection";
import { baseName, selfLink } from "./paths";
import type { Resource, Store } from "./store";

/** Answers a mutation: the lab does the work before it answers, so every operation is DONE. */
export function doneOperation(store: Store, type: string, at: Location, targetPath: string): Resource {
  const id = store.nextId();
  const name = `operation-${id}`;
  const path = `projects/${at.project}/${at.scope}/operations/${name}`;
  const now = new Date().toISOString();
  const [kind, place] = at.scope.split("/");
  const operation: Resource = {
    kind: "compute#operation",
    id,
    name,
    operationType: type,
    targetLink: selfLink(targetPath),
    targetId: String(store.get(targetPath)?.id ?? id),
    status: "DONE",
    progress: 100,
    insertTime: now,
    startTime: now,
    endTime: now,
    selfLink: selfLink(path),
    ...(kind === "zones" ? { zone: selfLink(`projects/${at.project}/zones/${baseName(place ?? "")}`) } : {}),
    ...(kind === "regions"
      ? { region: selfLink(`projects/${at.project}/regions/${baseName(place ?? "")}`) }
      : {}),
  };
  store.put(path, operation);
  return operation;
}
