import type { ApiContext, Collection, Location } from "../collection";
import { notReady } from "../errors";
import { endOperation, type OperationError, startOperation } from "../operation";
import { toPath } from "../paths";
import type { Resource, Store } from "../store";
import { conditionsOf } from "./conditions";
import { durationMs, statesOf } from "./latency";

/** A mutation that was accepted. */
export interface Change {
  readonly collection: Collection;
  /** `insert`, `delete`, `patch` or an action's name. */
  readonly type: string;
  readonly at: Location;
  readonly path: string;
  /** What the operation will end with. */
  readonly failure?: OperationError;
}

/** A change whose operation is still running, as it is stored. */
interface Pending extends Omit<Change, "collection"> {
  readonly collection: string;
  readonly operation: string;
  readonly beganAt: number;
  readonly endsAt: number;
}

const PREFIX = "pending/";
const SETTLE_INTERVAL_MS = 500;

/** The operations that are running. They are stored, so they end in time when the API was killed meanwhile. */
export class Operations {
  private readonly ending = new Map<string, Promise<void>>();

  constructor(
    private readonly context: ApiContext,
    private readonly collections: readonly Collection[],
  ) {}

  /** Answers a mutation: an operation that is DONE, or one that runs for as long as it usually takes. */
  async begin(change: Change): Promise<Resource> {
    const { store } = this.context;
    const { collection, type, at, path } = change;
    const started = startOperation(store, type, at, path);
    const operation = toPath(started.selfLink, at.project, "operation");
    const duration = durationMs(conditionsOf(store), collection.name, type);
    if (duration === 0) {
      await this.end(change);
      return endOperation(store, operation, change.failure);
    }
    const beganAt = this.now();
    const pending: Pending = {
      ...change,
      collection: collection.name,
      operation,
      beganAt,
      endsAt: beganAt + duration,
    };
    store.put(PREFIX + operation, { ...pending });
    const resource = store.get(path);
    const [state] = statesDuring(pending);
    if (resource && state) store.put(path, { ...resource, status: state });
    return started;
  }

  /** Brings every running operation to where it is now. */
  async settle(): Promise<void> {
    for (const { path: id, resource } of this.context.store.list(PREFIX)) {
      const pending = resource as unknown as Pending;
      this.showState(pending);
      if (pending.endsAt > this.now()) continue;
      const ending = this.ending.get(id) ?? this.conclude(id, pending).finally(() => this.ending.delete(id));
      this.ending.set(id, ending);
      await ending;
    }
  }

  /** Settles now and then, also while no one asks. Returns what ends it. */
  watch(): () => void {
    const timer = setInterval(() => {
      this.settle().catch((error: unknown) => console.error("lab: an operation did not end:", error));
    }, SETTLE_INTERVAL_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  private async conclude(id: string, pending: Pending): Promise<void> {
    const { store } = this.context;
    const collection = this.collections.find(({ name }) => name === pending.collection);
    if (!collection) throw new Error(`no collection ${pending.collection}`);
    let { failure } = pending;
    try {
      await this.end({ ...pending, collection });
    } catch (error) {
      failure = {
        httpStatus: [500, "INTERNAL SERVER ERROR"],
        code: "INTERNAL_ERROR",
        message: (error as Error).message,
      };
    }
    endOperation(store, pending.operation, failure);
    store.remove(id);
  }

  /** What becomes true when the operation is over. */
  private async end({ collection, type, path, failure }: Change): Promise<void> {
    const { context } = this;
    const resource = context.store.get(path);
    if (!resource) return;
    const states = statesOf(collection.name, type);
    if (type === "delete") await collection.releasing?.(path, resource, context);
    if (type === "insert" && failure) await collection.undone?.(path, resource, context);
    if (type === "delete" || (type === "insert" && failure)) {
      context.store.remove(path);
      await collection.deleted?.(path, context, resource);
    } else if (states.slice(0, -1).includes(String(resource.status))) {
      context.store.put(path, { ...resource, status: failure ? "TERMINATED" : states.at(-1) });
    }
  }

  /** The state in which a resource is seen during an operation, unless another operation has changed it. */
  private showState(pending: Pending): void {
    const { store } = this.context;
    const { path, beganAt, endsAt } = pending;
    const during = statesDuring(pending);
    const resource = store.get(path);
    if (!resource || !during.includes(String(resource.status))) return;
    const part = Math.min((this.now() - beganAt) / (endsAt - beganAt), 0.99);
    const status = during[Math.floor(part * during.length)];
    if (status !== resource.status) store.put(path, { ...resource, status });
  }

  private now(): number {
    return this.context.now?.() ?? Date.now();
  }
}

function statesDuring({ collection, type }: Pending): readonly string[] {
  const states = statesOf(collection, type);
  return type === "delete" ? states : states.slice(0, -1);
}

/** @throws 400 while an operation of one of the types runs on the resource. */
export function mustBeReady(store: Store, path: string, types: readonly string[]): void {
  const isBusy = store.list(PREFIX).some(({ resource }) => {
    return resource.path === path && types.includes(String(resource.type));
  });
  if (isBusy) throw notReady(path);
}
