import { sameLink } from "./links";
import type { Field, Fields } from "./types";

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
/** A property that only the cloud sets. */
export const output = (field: Field = string()): Field => ({ ...field, output: true, computed: true });

/** The properties of every project-level resource. */
export const project = { project: string({ computed: true, forceNew: true, providerSetting: "project" }) };
export const region = {
  region: link({ computed: true, forceNew: true, providerSetting: "region" }),
};
export const zone = { zone: link({ computed: true, forceNew: true, providerSetting: "zone" }) };
export const deletionPolicy = { deletionPolicy: string({ computed: true }) };
export const selfLink = { selfLink: output() };
export const creationTimestamp = { creationTimestamp: output() };
export const labels = {
  labels: map(),
  effectiveLabels: output(map()),
  pulumiLabels: output(map()),
  labelFingerprint: output(),
};
/** Tags bound at creation; the lab has no resource manager. */
export const params = {
  params: object({ resourceManagerTags: map({ forceNew: true }) }, { forceNew: true, notInLab: true }),
};
