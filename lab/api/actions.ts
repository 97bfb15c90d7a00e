import type { ApiContext, Location } from "./collection";
import { grownSize } from "./collections/disks";
import { enforceFirewall } from "./collections/firewalls";
import { deprecated } from "./collections/images";
import { checkKeys } from "./encryption";
import { ApiError, invalid, notFound } from "./errors";
import { checkFingerprint, fingerprint } from "./fingerprint";
import { diskId, isOn, toHostSpec } from "./hostSpec";
import { attachedDisk, freeDisk } from "./instanceDisks";
import { checkChangesInPlace, checkDiskFits, cpuPlatformOf, machineTypeLink } from "./machineTypes";
import { withoutNulls } from "./mergePatch";
import { addAccessConfig, deleteAccessConfig, markAddresses, withPoolAddresses } from "./networkInterfaces";
import { linkedPath, toPath } from "./paths";
import type { Resource } from "./store";

/** What an action is given; it returns the changed resource. */
export interface ActionRequest {
  readonly path: string;
  readonly resource: Resource;
  readonly body: Resource;
  readonly query: Readonly<Record<string, string>>;
  readonly at: Location;
}

type Action = (request: ActionRequest, context: ApiContext) => Promise<Resource> | Resource;

const setLabels: Action = ({ resource, body }) => {
  checkFingerprint(body.labelFingerprint, resource.labelFingerprint, "label");
  return { ...resource, labels: body.labels, labelFingerprint: fingerprint(body.labels ?? {}) };
};

const start: Action = async ({ path, resource }, context) => {
  const started: Resource = {
    ...withPoolAddresses(resource, true, context.store),
    cpuPlatform: cpuPlatformOf(resource.machineType),
    status: "RUNNING",
    lastStartTimestamp: new Date().toISOString(),
  };
  await context.backend.start(toHostSpec(started, context.store));
  context.store.put(path, started);
  await enforceFirewall(context);
  return started;
};

/** `POST …/disks/NAME/ACTION`. */
export const DISK_ACTIONS: Readonly<Record<string, Action>> = {
  setLabels,
  resize: async ({ resource, body }, { backend }) => {
    const sizeGb = grownSize(resource, body.sizeGb);
    await backend.resizeDisk({ id: diskId(resource), sizeGb: Number(sizeGb) });
    return { ...resource, sizeGb };
  },
};

/** `POST …/addresses/NAME/ACTION`. */
export const ADDRESS_ACTIONS: Readonly<Record<string, Action>> = { setLabels };

/** `POST …/images/NAME/ACTION`. */
export const IMAGE_ACTIONS: Readonly<Record<string, Action>> = {
  setLabels,
  deprecate: ({ resource, body }) => deprecated(resource, body),
};

/** `POST …/subnetworks/NAME/ACTION`. */
export const SUBNETWORK_ACTIONS: Readonly<Record<string, Action>> = {
  setPrivateIpGoogleAccess: ({ resource, body }) => {
    const changed = { ...resource, privateIpGoogleAccess: body.privateIpGoogleAccess === true };
    return { ...changed, fingerprint: fingerprint({ ...changed, fingerprint: undefined }) };
  },
};

/** `POST …/instances/NAME/ACTION`, PATCH of the shielded config, and PUT of the whole as `update`. */
export const INSTANCE_ACTIONS: Readonly<Record<string, Action>> = {
  setLabels,
  // Whoever sends it has read it before; what a running VM cannot change has actions of its own.
  update: ({ resource, body }) => {
    const { description, canIpForward } = body;
    const { description: _old, ...rest } = resource;
    return { ...rest, ...(description ? { description } : {}), canIpForward: canIpForward === true };
  },
  setMetadata: ({ resource, body }) => {
    // Google takes metadata without a fingerprint, and refuses a wrong one.
    if (body.fingerprint !== undefined)
      checkFingerprint(body.fingerprint, (resource.metadata as Resource).fingerprint, "metadata");
    const items = (body.items as Resource[] | undefined) ?? [];
    return { ...resource, metadata: { kind: "compute#metadata", items, fingerprint: fingerprint(items) } };
  },
  setTags: async ({ path, resource, body }, context) => {
    checkFingerprint(body.fingerprint, (resource.tags as Resource).fingerprint, "tags");
    const items = (body.items as string[] | undefined) ?? [];
    const changed = { ...resource, tags: { items, fingerprint: fingerprint(items) } };
    context.store.put(path, changed);
    await enforceFirewall(context);
    return changed;
  },
  setScheduling: ({ resource, body }) => ({
    ...resource,
    scheduling: { ...(resource.scheduling as object), ...body },
  }),
  setMachineType: (request, { store }) => {
    mustBeStopped(request);
    const { resource } = request;
    const machineType = machineTypeLink(request.body.machineType, request.at);
    checkChangesInPlace(resource.machineType, machineType);
    for (const { source, boot } of resource.disks as Resource[])
      checkDiskFits(machineType, store.get(linkedPath(source))?.type, boot === true);
    return { ...resource, machineType };
  },
  setServiceAccount: (request) => {
    mustBeStopped(request);
    const { email, scopes } = request.body;
    return { ...request.resource, serviceAccounts: email ? [{ email, scopes: scopes ?? [] }] : [] };
  },
  updateShieldedInstanceConfig: (request) => {
    mustBeStopped(request);
    return {
      ...request.resource,
      shieldedInstanceConfig: { ...(request.resource.shieldedInstanceConfig as object), ...request.body },
    };
  },
  setDeletionProtection: ({ resource, query }) => ({
    ...resource,
    deletionProtection: query.deletionProtection !== "false",
  }),
  start,
  startWithEncryptionKey: (request, context) => {
    checkKeys(request.resource, request.body.disks, request.at.project);
    return start(request, context);
  },
  stop: async ({ path, resource }, context) => {
    await context.backend.stop(String(resource.name));
    const stopped: Resource = {
      ...withPoolAddresses(resource, false, context.store),
      status: "TERMINATED",
      lastStopTimestamp: new Date().toISOString(),
    };
    context.store.put(path, stopped);
    await enforceFirewall(context);
    return stopped;
  },
  /** The provider clears it on every interface whenever an external address changes. */
  setSecurityPolicy: ({ resource, body }) => {
    if (body.securityPolicy)
      throw new ApiError(501, "notImplemented", "the lab does not implement security policies");
    return resource;
  },
  reset: async ({ resource }, context) => {
    await context.backend.reset(String(resource.name));
    await enforceFirewall(context);
    return resource;
  },
  attachDisk: async ({ path, resource, body, at }, context) => {
    const disks = resource.disks as Resource[];
    const user = { path, name: String(resource.name), machineType: resource.machineType };
    const attached = attachedDisk(body, disks.length, user, at, context);
    const changed = { ...resource, disks: [...disks, attached] };
    const added = toHostSpec(changed, context.store).attachedDisks.find(
      (d) => d.deviceName === attached.deviceName,
    );
    try {
      if (added && isOn(resource)) await context.backend.attachDisk(String(resource.name), added);
    } catch (error) {
      freeDisk(toPath(attached.source, at.project, "source"), path, context);
      throw error;
    }
    return changed;
  },
  detachDisk: async ({ path, resource, query }, context) => {
    const disks = resource.disks as Resource[];
    const gone = disks.find((disk) => disk.deviceName === query.deviceName);
    if (!gone) throw invalid("deviceName", query.deviceName, "No attached disk found with device name.");
    if (gone.boot === true && resource.status !== "TERMINATED")
      throw invalid(
        "deviceName",
        query.deviceName,
        "The boot disk of a running instance cannot be detached.",
      );
    await context.backend.detachDisk(String(resource.name), String(gone.deviceName));
    freeDisk(linkedPath(gone.source), path, context);
    return { ...resource, disks: disks.filter((disk) => disk !== gone) };
  },
  addAccessConfig: ({ path, resource, query, body, at }, context) =>
    readdressed(path, addAccessConfig(resource, path, query.networkInterface, body, at, context), context),
  deleteAccessConfig: ({ path, resource, query }, context) =>
    readdressed(path, deleteAccessConfig(resource, query.networkInterface, query.accessConfig), context),
};

/** Puts changed external addresses in force. */
async function readdressed(path: string, instance: Resource, context: ApiContext): Promise<Resource> {
  context.store.put(path, instance);
  markAddresses(path, instance, context);
  await enforceFirewall(context);
  return instance;
}

function mustBeStopped({ path, resource }: ActionRequest): void {
  if (resource.status !== "TERMINATED") {
    throw new ApiError(
      400,
      "resourceNotReady",
      `The instance '${path}' must be stopped; it is ${String(resource.status)}.`,
    );
  }
}

/** Runs an action on a stored resource and stores what it returns. @throws 404, or 501 for an unknown action. */
export async function runAction(
  actions: Readonly<Record<string, Action>>,
  name: string,
  request: Omit<ActionRequest, "resource">,
  context: ApiContext,
): Promise<void> {
  const resource = context.store.get(request.path);
  if (!resource) throw notFound(request.path);
  const action = actions[name];
  if (!action)
    throw new ApiError(501, "notImplemented", `the lab does not implement ${name} of ${request.path}`);
  const body = withoutNulls(request.body);
  context.store.put(request.path, await action({ ...request, body, resource }, context));
}
