import type { HostRelease } from "../hosts/backend";
import { invalid, notFound } from "./errors";
import { newerFirst } from "./listing";
import { publicImages } from "./publicImages";
import type { Resource, Store } from "./store";

/** Every image of a project: its own and, in Google's projects, the public ones. */
function imagesOf(project: string, store: Store): Resource[] {
  const own = store.list(`projects/${project}/global/images/`).map(({ resource }) => resource);
  return [...publicImages(project), ...own];
}

/** The newest image of a family that is not deprecated. @throws 404 when there is none. */
export function familyImage(project: string, family: string, store: Store): Resource {
  const [newest] = imagesOf(project, store)
    .filter((image) => image.family === family && image.deprecated === undefined)
    .sort(newerFirst);
  if (!newest) throw notFound(`projects/${project}/global/images/family/${family}`);
  return newest;
}

/** One image by name. @throws 404 when it is not there. */
function namedImage(project: string, name: string, store: Store): Resource {
  const found = imagesOf(project, store).find((image) => image.name === name);
  if (!found) throw notFound(`projects/${project}/global/images/${name}`);
  return found;
}

/** The image that a reference means today: a family resolves to its newest image. */
export function imageOf(reference: unknown, ownProject: string, store: Store): Resource {
  const [, project = ownProject, family, name] =
    /^(?:https?:\/\/[^/]+\/(?:compute\/)?[^/]+\/)?(?:projects\/([^/]+)\/)?global\/images\/(family\/)?([^/]+)$/.exec(
      String(reference),
    ) ?? [];
  if (!name) throw invalid("resource.sourceImage", reference, "The URL is malformed.");
  return family ? familyImage(project, name, store) : namedImage(project, name, store);
}

/** What a disk or an image gets of the image that it is made from. */
export function inherited({ licenses, architecture, guestOsFeatures }: Resource): Resource {
  return Object.fromEntries(
    Object.entries({ licenses, architecture, guestOsFeatures }).filter(([, value]) => value !== undefined),
  );
}

/** The release that a disk's hosts run: Debian 13 where its license says so, Debian 12 for all else. */
export function hostRelease(disk: Resource): HostRelease {
  const licenses = (disk.licenses as string[] | undefined) ?? [];
  return licenses.some((license) => license.endsWith("/debian-13-trixie")) ? "trixie" : "bookworm";
}
