import type { ApiContext, Location } from "./collection";
import { grownSize } from "./collections/disks";
import { enforceFirewall } from "./collections/firewalls";
import { ApiError, invalid, notFound } from "./errors";
import { checkFingerprint, fingerprint } from "./fingerprint";
import { diskId, toHostSpec } from "./hostSpec";
import { attachedDisk, freeDisk } from "./instanceDisks";
import { machineTypeLink } from "./machineTypes";
import { toPath } from "./paths";
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

/** `POST …/subnetworks/NAME/ACTION`. */
export const SUBNETWORK_ACTIONS: Readonly<Record<string, Action>> = {
  setPrivateIpGoogleAccess: ({ resource, body }) => {
    const changed = { ...resource, privateIpGoogleAccess: body.privateIpGoogleAccess === true };
    return { ...changed, fingerprint: fingerprint({ ...changed, fingerprint: undefined }) };
  },
};

/** `POST …/instances/NAME/ACTION`, and PATCH of the shielded config. */
export const INSTANCE_ACTIONS: Readonly<Record<string, Action>> = {
  setLabels,
  setMetadata: ({ resource, body }) => {
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
  setMachineType: (request) => {
    mustBeStopped(request);
    return { ...request.resource, machineType: machineTypeLink(request.body.machineType, request.at) };
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
  start: async ({ path, resource }, context) => {
    const started = { ...resource, status: "RUNNING", lastStartTimestamp: new Date().toISOString() };
    await context.backend.start(toHostSpec(resource, context.store));
    context.store.put(path, started);
    await enforceFirewall(context);
    return started;
  },
  stop: async ({ resource }, { backend }) => {
    await backend.stop(String(resource.name));
    return { ...resource, status: "TERMINATED", lastStopTimestamp: new Date().toISOString() };
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
    const attached = attachedDisk(body, disks.length, path, String(resource.name), at, context);
    const changed = { ...resource, disks: [...disks, attached] };
    const added = toHostSpec(changed, context.store).attachedDisks.find(
      (d) => d.deviceName === attached.deviceName,
    );
    try {
      if (added && resource.status === "RUNNING")
        await context.backend.attachDisk(String(resource.name), added);
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
    await context.backend.detachDisk(String(resource.name), String(gone.deviceName));
    freeDisk(String(gone.source).replace(/^.*\/compute\/v1\//, ""), path, context);
    return { ...resource, disks: disks.filter((disk) => disk !== gone) };
  },
};

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
  context.store.put(request.path, await action({ ...request, resource }, context));
}
