import type { Location } from "./collection";
import { baseName, selfLink } from "./paths";
import type { Resource, Store } from "./store";

/** Why an operation that was accepted has failed. */
export interface OperationError {
  readonly httpStatus: readonly [code: number, message: string];
  readonly code: string;
  readonly message: string;
  readonly errorDetails?: readonly Resource[];
}

/** Stores the operation that a mutation of `targetPath` has begun. */
export function startOperation(store: Store, type: string, at: Location, targetPath: string): Resource {
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
    status: "RUNNING",
    progress: 0,
    insertTime: now,
    startTime: now,
    selfLink: selfLink(path),
    ...(kind === "zones" ? { zone: selfLink(`projects/${at.project}/zones/${baseName(place ?? "")}`) } : {}),
    ...(kind === "regions"
      ? { region: selfLink(`projects/${at.project}/regions/${baseName(place ?? "")}`) }
      : {}),
  };
  store.put(path, operation);
  return operation;
}

/** Ends an operation. */
export function endOperation(store: Store, path: string, failure?: OperationError): Resource {
  const ended: Resource = {
    ...store.get(path),
    status: "DONE",
    progress: 100,
    endTime: new Date().toISOString(),
    ...(failure ? errorOf(failure) : {}),
  };
  store.put(path, ended);
  return ended;
}

function errorOf({ httpStatus, ...error }: OperationError): Resource {
  return { httpErrorStatusCode: httpStatus[0], httpErrorMessage: httpStatus[1], error: { errors: [error] } };
}
