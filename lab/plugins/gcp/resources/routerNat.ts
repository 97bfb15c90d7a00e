import { parseId, placeOf, type Resource, type Work } from "../engine/operations";
import { fromRest, toRest } from "../rest/mapping";
import { waitForOperation } from "../rest/operation";
import {
  bool,
  deletionPolicy,
  int,
  link,
  linkTo,
  object,
  project,
  region,
  set,
  string,
  stringSet,
  strings,
} from "../schema/fields";
import { basename } from "../schema/links";
import type { Field, JsonObject, Props, ResourceSchema } from "../schema/types";
import { oneOf, oneOfOrEmpty, rfc1035Name } from "../schema/validators";
import { goneOr, prefix } from "./computeOperations";

const links = (collection: string, options: Partial<Field> = {}): Field =>
  set(link({ rest: linkTo(collection, "region") }), options);

const schema: ResourceSchema = {
  type: "gcp:compute/routerNat:RouterNat",
  label: "RouterNat",
  idFormat: "{project}/{region}/{router}/{name}",
  autoName: true,
  conflicts: { initialNatIps: ["drainNatIps", "natIps"] },
  fields: {
    name: string({ required: true, forceNew: true, validate: rfc1035Name(2, 63) }),
    router: link({ required: true, forceNew: true, rest: false }),
    sourceSubnetworkIpRangesToNat: string({
      required: true,
      validate: oneOf(
        "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
        "LIST_OF_SUBNETWORKS",
      ),
    }),
    natIpAllocateOption: string({ validate: oneOfOrEmpty("MANUAL_ONLY", "AUTO_ONLY") }),
    natIps: links("addresses", { computed: true, absent: [] }),
    drainNatIps: links("addresses", { computed: true, absent: [] }),
    initialNatIps: links("addresses", { forceNew: true, notInLab: true, absent: [] }),
    subnetworks: set(
      object({
        name: link({ required: true, rest: linkTo("subnetworks", "region") }),
        sourceIpRangesToNats: stringSet({
          tf: "source_ip_ranges_to_nat",
          required: true,
          rest: "sourceIpRangesToNat",
        }),
        secondaryIpRangeNames: stringSet(),
      }),
      { tf: "subnetwork", absent: [] },
    ),
    minPortsPerVm: int({ computed: true }),
    maxPortsPerVm: int(),
    enableDynamicPortAllocation: bool({ computed: true }),
    enableEndpointIndependentMapping: bool({ computed: true }),
    endpointTypes: strings({ computed: true, forceNew: true }),
    autoNetworkTier: string({ computed: true, validate: oneOfOrEmpty("PREMIUM", "STANDARD") }),
    icmpIdleTimeoutSec: int({ default: 30 }),
    tcpEstablishedIdleTimeoutSec: int({ default: 1200 }),
    tcpTimeWaitTimeoutSec: int({ default: 120 }),
    tcpTransitoryIdleTimeoutSec: int({ default: 30 }),
    udpIdleTimeoutSec: int({ default: 30 }),
    logConfig: object(
      {
        enable: bool({ required: true }),
        filter: string({ required: true, validate: oneOf("ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL") }),
      },
      { absent: null },
    ),
    type: string({ default: "PUBLIC", forceNew: true, validate: oneOfOrEmpty("PUBLIC", "PRIVATE") }),
    sourceSubnetworkIpRangesToNat64: string({
      validate: oneOfOrEmpty("ALL_IPV6_SUBNETWORKS", "LIST_OF_IPV6_SUBNETWORKS"),
      notInLab: true,
    }),
    nat64Subnetworks: set(object({ name: link({ required: true }) }), {
      tf: "nat64_subnetwork",
      notInLab: true,
      absent: [],
    }),
    rules: set(
      object({
        ruleNumber: int({ required: true }),
        match: string({ required: true }),
        description: string(),
        action: object({
          sourceNatActiveIps: stringSet(),
          sourceNatActiveRanges: stringSet(),
          sourceNatDrainIps: stringSet(),
          sourceNatDrainRanges: stringSet(),
        }),
      }),
      { notInLab: true, absent: [] },
    ),
    ...project,
    ...Object.fromEntries(Object.entries(region).map(([key, field]) => [key, { ...field, rest: false }])),
    ...deletionPolicy,
  },
};

/** A router's NATs are one list: a change reads and writes all of it, so one at a time. */
const queues = new Map<string, Promise<unknown>>();

function inTurn<T>(router: string, run: () => Promise<T>): Promise<T> {
  const turn = (queues.get(router) ?? Promise.resolve()).then(run, run);
  queues.set(router, turn);
  return turn;
}

/** Rewrites the list of NATs of a router. */
async function editNats(
  work: Work,
  id: string,
  activity: string,
  edit: (nats: JsonObject[]) => JsonObject[],
): Promise<void> {
  const path = routerPath(work, id);
  await inTurn(path, async () => {
    const router = await work.compute.get(path, work.signal);
    const nats = edit((router.nats ?? []) as JsonObject[]);
    const started = await work.compute.send("PATCH", path, { nats }, work.signal);
    await waitForOperation(work, path.split("/")[1] ?? "", started, activity);
  });
}

function routerPath(work: Work, id: string): string {
  const { project: where, region: of, router } = parseId(schema.idFormat, id, work.config);
  return `projects/${where}/regions/${of}/routers/${router}`;
}

function natOf(work: Work, wanted: Props): JsonObject {
  return toRest(schema.fields, wanted, placeOf(wanted, work.config));
}

/** A NAT gateway of a router. */
export const routerNat: Resource = {
  schema,
  operations: {
    async create(work, wanted, made) {
      const keys = [wanted.project, wanted.region, wanted.router, wanted.name];
      const id = keys.map((key) => basename(String(key))).join("/");
      await editNats(work, id, "Creating RouterNat", (nats) => {
        if (nats.some((nat) => nat.name === wanted.name)) {
          throw new Error(
            `Unable to create RouterNat, existing object already found: ${String(wanted.name)}`,
          );
        }
        return [...nats, natOf(work, wanted)];
      }).catch(prefix("Error creating RouterNat"));
      made(id);
    },

    async read(work, id, known) {
      const router = await work.compute
        .get(routerPath(work, id), work.signal)
        .catch(goneOr(`ComputeRouterNat "${id}"`));
      const identity = parseId(schema.idFormat, id, work.config);
      const nat = ((router?.nats ?? []) as JsonObject[]).find((item) => item.name === identity.name);
      return nat && { ...identity, router: known.router ?? identity.router, ...fromRest(schema.fields, nat) };
    },

    async update(work, { id, wanted }) {
      await editNats(work, id, "Updating RouterNat", (nats) =>
        nats.map((nat) => (nat.name === wanted.name ? { ...nat, ...natOf(work, wanted) } : nat)),
      ).catch(prefix(`Error updating RouterNat "${id}"`));
    },

    async delete(work, id) {
      const { name } = parseId(schema.idFormat, id, work.config);
      const without = (nats: JsonObject[]) => nats.filter((nat) => nat.name !== name);
      const gone = (error: Error) => goneOr("RouterNat")(error.cause ?? error);
      await editNats(work, id, "Deleting RouterNat", without).catch(gone);
    },
  },
};
