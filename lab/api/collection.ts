import type { HostBackend } from "../hosts/backend";
import type { OperationError } from "./operation";
import type { Resource, Store } from "./store";

/** Where a resource lives. */
export interface Location {
  readonly project: string;
  /** `global`, `regions/R` or `zones/Z`. */
  readonly scope: string;
}

/** What handlers work with. */
export interface ApiContext {
  readonly store: Store;
  readonly backend: HostBackend;
  /** The time, in milliseconds, where a test does not wait for it. */
  readonly now?: () => number;
}

/** One kind of resource: what is particular to it; the rest is in crud.ts. */
export interface Collection {
  /** In URLs, such as `networks`. */
  readonly name: string;
  readonly scope: "global" | "region" | "zone";
  /** Such as `compute#network`. */
  readonly kind: string;
  /** Fields that a body may have. */
  readonly fields: readonly string[];
  readonly required: readonly string[];
  /** Fields that PATCH changes; empty when there is no PATCH. */
  readonly patchable: readonly string[];
  /** What PATCH does with a field that it does not change; by default it refuses another value. */
  readonly unpatched?: "ignored";
  /** Resources that are there without having been made. */
  readonly given?: (project: string) => Resource[];
  /** Completes and checks a new resource; what it throws is answered. */
  complete(body: Resource, at: Location, context: ApiContext): Resource;
  /** Checks and completes a patched one. */
  patched?(resource: Resource, at: Location, context: ApiContext): Resource;
  /** Why its insert, which was accepted, fails; asked once it is stored. */
  failing?(path: string, resource: Resource, at: Location, context: ApiContext): OperationError | undefined;
  /** After it was stored. */
  created?(path: string, resource: Resource, context: ApiContext): Promise<void>;
  changed?(path: string, resource: Resource, context: ApiContext): Promise<void>;
  /** When one that was completed fails after all. */
  undone?(path: string, resource: Resource, context: ApiContext): Promise<void>;
  /** When its deletion is asked for; throws when it must stay. */
  deleting?(path: string, resource: Resource, context: ApiContext): Promise<void>;
  /** Before it is removed: what goes with it. */
  releasing?(path: string, resource: Resource, context: ApiContext): Promise<void>;
  /** After it was removed. */
  deleted?(path: string, context: ApiContext, resource: Resource): Promise<void>;
}
