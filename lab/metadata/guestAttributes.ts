import type { Resource, Store } from "../api/store";
import type { Tree } from "./tree";

/** What guests write about themselves, where the instance's metadata allows it. */
export class GuestAttributes {
  constructor(private readonly store: Store) {}

  enabled(instance: Resource): boolean {
    const items =
      ((instance.metadata as Resource).items as { key: string; value: string }[] | undefined) ?? [];
    return items.some(
      ({ key, value }) => key === "enable-guest-attributes" && value.toUpperCase() === "TRUE",
    );
  }

  put(instance: Resource, namespace: string, key: string, value: string): void {
    const all = this.all(instance);
    all[namespace] = { ...(all[namespace] as { [key: string]: Tree } | undefined), [key]: value };
    this.store.put(pathOf(instance), { values: all });
  }

  tree(instance: Resource): Tree {
    return this.all(instance);
  }

  private all(instance: Resource): { [namespace: string]: Tree } {
    return (this.store.get(pathOf(instance))?.values as { [namespace: string]: Tree } | undefined) ?? {};
  }
}

/** By the instance's id: another VM of the same name starts without. */
function pathOf(instance: Resource): string {
  return `guest-attributes/${String(instance.id)}`;
}
