import { labelsFromRest, labelsOf } from "../engine/labels";
import { formatId, type Operations, parseId, placeOf, type Work } from "../engine/operations";
import { isNotFound } from "../rest/errors";
import { fromRest, toRest } from "../rest/mapping";
import { waitForOperation } from "../rest/operation";
import type { Field, Json, JsonObject, Props, ResourceSchema } from "../schema/types";

/** One request of an update, sent when one of its properties changes. */
export interface UpdateStep {
  readonly properties: readonly string[];
  readonly method: "PATCH" | "POST";
  /** After the resource's path, e.g. "/resize". */
  readonly verb?: string;
  /** Sends all of them, changed or not, an absent one by its zero value. The default is what changes. */
  readonly whole?: boolean;
  /** Sends the live fingerprint along. */
  readonly fingerprint?: boolean;
}

/** What a table-driven resource of the compute API needs besides its schema. */
export interface ComputeSpec {
  readonly update: readonly UpdateStep[];
  /** Labels cannot be given at creation and are set right after. */
  readonly labelsAfterCreate?: boolean;
  /** Given the live resource, which is read for it. */
  readonly beforeDelete?: (work: Work, id: string, live: JsonObject) => Promise<void>;
}

/** The operations of a resource that maps one to one to a resource of the compute API. */
export function computeOperations(schema: ResourceSchema, spec: ComputeSpec): Operations {
  const { label, fields, idFormat } = schema;
  const collection = idFormat.slice(0, idFormat.lastIndexOf("/"));
  const known = (id: string, work: Work) => parseId(idFormat, id, work.config);

  const setLabels = async (work: Work, id: string, labels: Props[string], state: Props): Promise<void> => {
    const body = { labels: labels ?? {}, labelFingerprint: state.labelFingerprint } as JsonObject;
    const started = await work.compute.send("POST", `${id}/setLabels`, body, work.signal);
    await waitForOperation(work, projectOf(id), started, `Updating ${label} Labels`);
  };

  return {
    async create(work, wanted, made) {
      const body = toRest(fields, wanted, placeOf(wanted, work.config));
      const labels = labelsOf(wanted.effectiveLabels);
      const labelled = Object.keys(labels).length > 0;
      if (labelled) body.labels = labels;
      const id = formatId(idFormat, wanted);
      const started = await work.compute
        .send("POST", formatId(collection, wanted), body, work.signal)
        .catch(prefix(`Error creating ${label}`));
      await waitForOperation(work, projectOf(id), started, `Creating ${label}`).catch(
        prefix(`Error waiting to create ${label}`),
      );
      made(id);
      if (spec.labelsAfterCreate && labelled)
        await setLabels(work, id, labels, fromRest(fields, await work.compute.get(id, work.signal)));
    },

    async read(work, id, state) {
      const identity = known(id, work);
      const live = await work.compute
        .get(formatId(idFormat, identity), work.signal)
        .catch(goneOr(`${label} "${id}"`));
      if (!live) return undefined;
      return {
        ...fromRest(fields, live),
        ...identity,
        ...(schema.labels ? labelsFromRest(live, state) : {}),
      };
    },

    async update(work, change) {
      const { id, olds, wanted } = change;
      const place = placeOf(wanted, work.config);
      if (schema.labels && change.touches("effectiveLabels"))
        await setLabels(work, id, wanted.effectiveLabels, olds);
      for (const step of spec.update) {
        if (!step.properties.some(change.touches)) continue;
        const sent = (key: string) =>
          step.properties.includes(key) && (step.whole === true || change.touches(key));
        const body = toRest(fields, wanted, place, sent, zeroOf);
        if (step.fingerprint) body.fingerprint = (await work.compute.get(id, work.signal)).fingerprint;
        const started = await work.compute
          .send(step.method, `${id}${step.verb ?? ""}`, body, work.signal)
          .catch(prefix(`Error updating ${label} "${id}"`));
        await waitForOperation(work, place.project, started, `Updating ${label}`);
      }
    },

    async delete(work, id) {
      if (spec.beforeDelete) {
        const live = await work.compute.get(id, work.signal).catch(goneOr(`${label} "${id}"`));
        if (!live) return;
        await spec.beforeDelete(work, id, live);
      }
      const started = await work.compute
        .send("DELETE", id, undefined, work.signal)
        .catch(goneOr(`Error deleting ${label}`));
      if (!started) return;
      await waitForOperation(work, projectOf(id), started, `Deleting ${label}`);
    },
  };
}

/** The project that an id or link names. */
export function projectOf(id: string): string {
  return id.split("/")[1] ?? "";
}

/** Adds what was being done to an error. */
export function prefix(what: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  };
}

/** A resource that is not there is no error; any other failure is, with what was being done. */
export function goneOr(what: string): (error: unknown) => undefined {
  return (error) => {
    if (isNotFound(error)) return undefined;
    return prefix(`Error when reading or editing ${what}`)(error);
  };
}

/** A property that the program dropped is sent as its zero value, since a patch leaves out what it doesn't change. */
function zeroOf({ absent, type }: Field): Json {
  const zeros = { string: "", bool: false, int: 0, float: 0, map: {}, object: undefined, list: [], set: [] };
  return absent === undefined ? zeros[type] : absent;
}
