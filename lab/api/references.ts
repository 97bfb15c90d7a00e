import type { ApiContext } from "./collection";
import { mustBeReady } from "./conditions/pending";
import { inUse, notFound } from "./errors";
import { selfLink } from "./paths";
import type { Resource } from "./store";

/** @throws 404 unless there is a resource at the path, 400 while it is being made or deleted. */
export function mustExist(path: string, { store }: ApiContext): Resource {
  const found = store.get(path);
  if (!found) throw notFound(path);
  mustBeReady(store, path, ["insert", "delete"]);
  return found;
}

/** @throws 400 when a resource other than an operation or one of `but` links to the path. */
export function mustBeUnused(path: string, { store }: ApiContext, but: readonly string[] = []): void {
  const link = JSON.stringify(selfLink(path));
  const user = store
    .list("projects/")
    .find(
      (entry) =>
        !entry.path.includes("/operations/") &&
        ![path, ...but].includes(entry.path) &&
        refersTo(entry.resource, link),
    );
  if (user) throw inUse(path, user.path);
}

function refersTo(
  { users: _users, subnetworks: _subnetworks, selfLink: _self, ...rest }: Resource,
  link: string,
): boolean {
  return JSON.stringify(rest).includes(link);
}
