import { basename, expandLink, fullLink, sameLink } from "./links";
import type { Field, Fields, RestMapping, Scope } from "./types";

type Options = Omit<Field, "type" | "elem" | "fields">;

/** Shorthand for the fields of a resource's table. */
export const string = (options: Options = {}): Field => ({ type: "string", ...options });
export const bool = (options: Options = {}): Field => ({ type: "bool", ...options });
export const int = (options: Options = {}): Field => ({ type: "int", ...options });
export const float = (options: Options = {}): Field => ({ type: "float", ...options });
export const map = (options: Options = {}): Field => ({ type: "map", ...options });
export const object = (fields: Fields, options: Options = {}): Field => ({
  type: "object",
  fields,
  ...options,
});
export const list = (elem: Field, options: Options = {}): Field => ({ type: "list", elem, ...options });
export const set = (elem: Field, options: Options = {}): Field => ({ type: "set", elem, ...options });
export const strings = (options: Options = {}): Field => list(string(), options);
export const stringSet = (options: Options = {}): Field => set(string(), options);
/** A reference to another resource, by name or any form of its link. */
export const link = (options: Options = {}): Field => string({ same: sameLink, ...options });
/** A link in the REST resource: sent relative, kept in full. */
export function linkTo(collection: string, scope: Scope, path?: string): RestMapping {
  return {
    ...(path === undefined ? {} : { path }),
    toRest: (value, place) =>
      typeof value === "string" && value !== "" ? expandLink(value, collection, scope, place) : undefined,
    fromRest: (value) => (typeof value === "string" ? fullLink(value) : undefined),
  };
}

/** A link in the REST resource of which the state keeps the name. */
export function nameOf(collection: string, scope: Scope): RestMapping {
  return {
    ...linkTo(collection, scope),
    fromRest: (value) => (typeof value === "string" ? basename(value) : undefined),
  };
}

/** A number that the REST API writes as a decimal string. */
export const decimal: RestMapping = {
  toRest: (value) => (typeof value === "number" ? String(value) : undefined),
  fromRest: (value) => (value === undefined || value === null ? undefined : Number(value)),
};

/** The key that encrypts a disk. Google names its version as well, which is not the program's to say. */
export const kmsKey = (options: Options = {}): Field =>
  link({
    rest: {
      path: "kmsKeyName",
      toRest: (value) => (value === "" ? undefined : (value as string)),
      fromRest: (value) => (typeof value === "string" ? value.split("/cryptoKeyVersions")[0] : undefined),
    },
    ...options,
  });

/** A property that only the cloud sets. */
export const output = (field: Field = string()): Field => ({ ...field, output: true, computed: true });

/** The properties of every project-level resource. */
export const project: Fields = {
  project: string({ computed: true, forceNew: true, providerSetting: "project", rest: false }),
};
export const region: Fields = {
  region: link({
    computed: true,
    forceNew: true,
    providerSetting: "region",
    rest: nameOf("regions", "global"),
  }),
};
export const zone: Fields = {
  zone: link({ computed: true, forceNew: true, providerSetting: "zone", rest: nameOf("zones", "global") }),
};
export const deletionPolicy: Fields = { deletionPolicy: string({ computed: true, rest: false }) };
export const selfLink: Fields = { selfLink: output(string({ rest: { fromRest: linkFromRest } })) };
export const creationTimestamp: Fields = { creationTimestamp: output() };
/** Labels are handled by hand: the program owns only those it names. */
export const labels: Fields = {
  labels: map({ rest: false }),
  effectiveLabels: output(map({ rest: false })),
  pulumiLabels: output(map({ rest: false })),
  labelFingerprint: output(),
};
/** Tags bound at creation; the lab has no resource manager. */
export const params: Fields = {
  params: object(
    { resourceManagerTags: map({ forceNew: true }) },
    { forceNew: true, notInLab: true, rest: false },
  ),
};

function linkFromRest(value: unknown): string | undefined {
  return typeof value === "string" ? fullLink(value) : undefined;
}
