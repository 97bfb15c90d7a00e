import { labelsFromRest } from "../engine/labels";
import { type Change, formatId, type Operations, parseId, placeOf, type Work } from "../engine/operations";
import { isNotFound } from "../rest/errors";
import { fromRest, toRest } from "../rest/mapping";
import { waitForOperation } from "../rest/operation";
import type { JsonObject, Props, ResourceSchema } from "../schema/types";

/** One request of an update, sent when one of its properties changes. */
export interface UpdateStep {
  readonly properties: readonly string[];
  readonly method: "PATCH" | "POST";
  /** After the resource's path, e.g. "/resize". */
  readonly verb?: string;
  /** The default is the changed properties. */
  readonly body?: (change: Change, live: JsonObject) => JsonObject;
  /** Sends the live fingerprint along. */
  readonly fingerprint?: boolean;
}

/** What a table-driven resource of the compute API needs besides its schema. */
export interface ComputeSpec {
  readonly update: readonly UpdateStep[];
  /** Labels cannot be given at creation and are set right after. */
  readonly labelsAfterCreate?: boolean;
  readonly beforeDelete?: (work: Work, id: string, live: JsonObject) => Promise<void>;
}

/** The operations of a resource that maps one to one to a resource of the compute API. */
export function computeOperations(schema: ResourceSchema, spec: ComputeSpec): Operations {
  const { label, fields, idFormat } = schema;
  const collection = idFormat.slice(0, idFormat.lastIndexOf("/"));
  const known = (id: string, work: Work) => parseId(idFormat, id, work.config);

  const setLabels = async (work: Work, id: string, labels: Props[string]): Promise<void> => {
    const live = await work.compute.get(id, work.signal);
    const body = { labels: labels ?? {}, labelFingerprint: live.labelFingerprint } as JsonObject;
    const started = await work.compute.send("POST", `${id}/setLabels`, body, work.signal);
    await waitForOperation(work.compute, projectOf(id), started, `Updating ${label} Labels`, work.signal);
  };

  return {
    async create(work, wanted, made) {
      const body = toRest(fields, wanted, placeOf(wanted, work.config));
      if (schema.labels && !spec.labelsAfterCreate) body.labels = wanted.effectiveLabels as JsonObject;
      const id = formatId(idFormat, wanted);
      const started = await work.compute
        .send("POST", formatId(collection, wanted), body, work.signal)
        .catch(prefix(`Error creating ${label}`));
      made(id);
      await waitForOperation(work.compute, projectOf(id), started, `Creating ${label}`, work.signal).catch(
        prefix(`Error waiting to create ${label}`),
      );
      const labels = wanted.effectiveLabels;
      if (spec.labelsAfterCreate && labels && Object.keys(labels).length > 0)
        await setLabels(work, id, labels);
    },

    async read(work, id, state) {
      const identity = known(id, work);
      const live = await work.compute
        .get(formatId(idFormat, identity), work.signal)
        .catch(goneOr(`${label} "${id}"`));
      if (!live) return undefined;
      return {
        ...identity,
        ...fromRest(fields, live),
        ...(schema.labels ? labelsFromRest(live, state) : {}),
      };
    },

    async update(work, change) {
      const { id, wanted } = change;
      const place = placeOf(wanted, work.config);
      for (const step of spec.update) {
        if (!step.properties.some(change.touches)) continue;
        const live = step.body || step.fingerprint ? await work.compute.get(id, work.signal) : {};
        const body =
          step.body?.(change, live) ??
          toRest(
            fields,
            withZeros(schema, wanted),
            place,
            (key) => step.properties.includes(key) && change.touches(key),
          );
        if (step.fingerprint) body.fingerprint = live.fingerprint;
        const started = await work.compute
          .send(step.method, `${id}${step.verb ?? ""}`, body, work.signal)
          .catch(prefix(`Error updating ${label} "${id}"`));
        await waitForOperation(work.compute, place.project, started, `Updating ${label}`, work.signal);
      }
      if (schema.labels && change.touches("effectiveLabels"))
        await setLabels(work, id, wanted.effectiveLabels);
    },

    async delete(work, id) {
      const live = await work.compute.get(id, work.signal).catch(goneOr(`${label} "${id}"`));
      if (!live) return;
      await spec.beforeDelete?.(work, id, live);
      const started = await work.compute
        .send("DELETE", id, undefined, work.signal)
        .catch(goneOr(`Error deleting ${label}`));
      if (!started) return;
      await waitForOperation(work.compute, projectOf(id), started, `Deleting ${label}`, work.signal);
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
function withZeros(schema: ResourceSchema, wanted: Props): Props {
  const zeros = { string: "", bool: false, int: 0, float: 0, map: {}, object: undefined, list: [], set: [] };
  return Object.fromEntries(
    Object.entries(schema.fields).map(([key, field]) => [key, wanted[key] ?? zeros[field.type]]),
  );
}
