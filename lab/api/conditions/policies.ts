import type { Location } from "../collection";
import { ApiError } from "../errors";
import { isLink, selfLink, toPath } from "../paths";
import type { Resource, Store } from "../store";
import { conditionsOf } from "./conditions";

/** A request that would change something. */
export interface Request {
  readonly collection: string;
  readonly type: string;
  readonly at: Location;
  readonly path: string;
  readonly body: Resource;
  /** What is there, in a PATCH. */
  readonly before?: Resource;
}

/** What a request violates: the words after `violated for`, one for each violation. */
type Check = (request: Request, store: Store) => string[];

/** The number of the lab's project, which Google names in some messages. */
const PROJECT_NUMBER = "424242424242";

/**
 * Organisation policies that stand in the way of clusters like this one, each as Google enforces and words it;
 * a list constraint denies all its values. https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints
 */
const CHECKS: Readonly<Record<string, Check>> = {
  "compute.requireOsLogin": ({ collection, type, at, body }) => {
    const metadata = { insert: body.metadata as Resource | undefined, setMetadata: body }[type];
    const items = (metadata?.items as { key: string; value: string }[] | undefined) ?? [];
    const isOff = items.some(
      ({ key, value }) => key === "enable-oslogin" && !/^(true|y|yes|1)$/i.test(value),
    );
    return collection === "instances" && isOff ? [`project ${at.project}.`] : [];
  },
  "compute.vmExternalIpAccess": ({ collection, type, path, body }) => {
    const nics = (body.networkInterfaces as { accessConfigs?: unknown[] }[] | undefined) ?? [];
    const asks = type === "addAccessConfig" || nics.some(({ accessConfigs }) => accessConfigs?.length);
    return collection === "instances" && asks
      ? [`project ${PROJECT_NUMBER}. Add instance ${path} to the constraint to use external IP with it.`]
      : [];
  },
  "compute.vmCanIpForward": ({ collection, at, path, body }) =>
    collection === "instances" && body.canIpForward === true
      ? [`projects/${at.project}. Enabling IP forwarding is not allowed for ${path}.`]
      : [],
  "compute.restrictCloudNATUsage": ({ collection, at, body, before }, store) => {
    const nats = collection === "routers" ? ((body.nats as Resource[] | undefined) ?? []) : [];
    const subnets = new Set(nats.flatMap((nat) => subnetsOf(nat, { ...before, ...body }, at, store)));
    return [...subnets].map((path) => `projects/${at.project}. ${path} is not allowed to use Cloud NAT.`);
  },
  // A project's own images are not restricted: https://cloud.google.com/compute/docs/images/restricting-image-access
  "compute.trustedImageProjects": (request) => {
    const owners = newDisks(request).map(
      ({ sourceImage }) => /projects\/([^/]+)\//.exec(String(sourceImage))?.[1],
    );
    const others = owners.filter((owner) => owner !== undefined && owner !== request.at.project);
    return [...new Set(others)].map(
      (owner) => `project ${request.at.project}. Use of images from project ${owner} is prohibited.`,
    );
  },
  "gcp.restrictNonCmekServices": (request) =>
    newKeys(request).some((key) => !(key as Resource | undefined)?.kmsKeyName)
      ? [`project ${request.at.project} attempting to create a resource not protected by CMEK crypto key.`]
      : [],
  // IAM answers in its own way: refuseAccount.
  "iam.disableServiceAccountCreation": () => [],
};

/** The constraints that `lab policy` knows. */
export const CONSTRAINTS: readonly string[] = Object.keys(CHECKS);

/** @throws 412 when organisation policies in force forbid the request. */
export function refuseByPolicy(request: Request, store: Store): void {
  const violations = conditionsOf(store).constraints.flatMap((constraint) =>
    (CHECKS[constraint]?.(request, store) ?? []).map(
      (words) => `Constraint constraints/${constraint} violated for ${words}`,
    ),
  );
  const [first, ...others] = violations;
  if (first !== undefined) throw new ApiError(412, "conditionNotMet", first, { others });
}

/**
 * @throws 400 when a policy forbids to make service accounts.
 * https://cloud.google.com/iam/docs/troubleshoot-org-policies
 */
export function refuseAccount(project: string, store: Store): void {
  const constraint = "iam.disableServiceAccountCreation";
  if (!conditionsOf(store).constraints.includes(constraint)) return;
  const description = "Service account creation is not allowed on this project.";
  const subject = `projects/${project}/serviceAccounts/?configvalue=`;
  throw new ApiError(400, "failedPrecondition", description, {
    status: "FAILED_PRECONDITION",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
        violations: [{ type: `constraints/${constraint}`, subject, description }],
      },
    ],
  });
}

/** What is said of the disks that a request makes. */
function newDisks({ collection, type, body }: Request): Resource[] {
  if (type !== "insert") return [];
  if (collection === "disks") return [body];
  const disks = (collection === "instances" ? (body.disks as Resource[] | undefined) : undefined) ?? [];
  return disks
    .filter((disk) => disk.initializeParams)
    .map((disk) => ({ ...disk, ...(disk.initializeParams as Resource) }));
}

/** The encryption key of each thing that a request makes and that has one. */
function newKeys(request: Request): unknown[] {
  const { collection, type, body } = request;
  if (collection === "images" && type === "insert") return [body.imageEncryptionKey];
  return newDisks(request).map(({ diskEncryptionKey }) => diskEncryptionKey);
}

/** The subnetworks that a NAT serves: those that it lists, or all of its network in the region. */
function subnetsOf(nat: Resource, router: Resource, { project, scope }: Location, store: Store): string[] {
  if (nat.sourceSubnetworkIpRangesToNat === "LIST_OF_SUBNETWORKS") {
    const listed = (nat.subnetworks as { name: string }[] | undefined) ?? [];
    return listed.map(({ name }) => toPath(name, project, "resource.nats[].subnetworks[].name"));
  }
  const network = isLink(router.network)
    ? router.network
    : selfLink(toPath(router.network, project, "resource.network"));
  return store
    .list(`projects/${project}/${scope}/subnetworks/`)
    .filter(({ resource }) => resource.network === network)
    .map(({ path }) => path);
}
