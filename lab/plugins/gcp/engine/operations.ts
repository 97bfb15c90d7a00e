import type { ProviderConfig } from "../config";
import type { RestClient } from "../rest/client";
import { basename, type Place, regionOfZone } from "../schema/links";
import type { Changes, Props, ResourceSchema } from "../schema/types";

/** What an operation works with. */
export interface Work {
  readonly config: ProviderConfig;
  readonly compute: RestClient;
  readonly iam: RestClient;
  readonly signal: AbortSignal;
}

/** How a resource is made, seen, changed and taken away. */
export interface Operations {
  /** Calls `made` with the id once the resource is there: what fails before that is forgotten. */
  create(work: Work, wanted: Props, made: (id: string) => void): Promise<void>;
  /** The live properties, or undefined when there is no such resource. `known` is empty for an import. */
  read(work: Work, id: string, known: Props): Promise<Props | undefined>;
  update(work: Work, change: Change): Promise<void>;
  /** Does nothing for a resource that is gone already. */
  delete(work: Work, id: string, state: Props): Promise<void>;
}

/** An update in place. */
export interface Change {
  readonly id: string;
  readonly olds: Props;
  /** All properties as they are to be. */
  readonly wanted: Props;
  readonly changes: Changes;
  /** True when the top-level property, or anything in it, changes. */
  touches(property: string): boolean;
}

/** A resource type: what it is and how it is handled. */
export interface Resource {
  readonly schema: ResourceSchema;
  readonly operations: Operations;
}

/** Fills an id format with properties. */
export function formatId(format: string, props: Props): string {
  return format.replace(/\{(\w+)\}/g, (_, key: string) => basename(String(props[key])));
}

/** Reads an id, or the short forms that an import may use, back into properties. */
export function parseId(format: string, id: string, config: ProviderConfig): Record<string, string> {
  const keys = [...format.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const pattern = new RegExp(`^${format.replace(/\{\w+\}/g, "([^/]+)")}$`);
  const full = pattern.exec(id);
  if (full) return Object.fromEntries(keys.map((key, index) => [key, full[index + 1] as string]));
  const parts = id.split("/");
  const given = keys.slice(-parts.length);
  if (parts.length > keys.length) throw new Error(`Import id "${id}" doesn't match ${format}`);
  const result: Record<string, string> = Object.fromEntries(given.map((key, i) => [key, parts[i] as string]));
  for (const key of keys.slice(0, keys.length - parts.length)) {
    result[key] = providerSetting(config, key as "project" | "region" | "zone");
  }
  return result;
}

/** The value that the stack gives to all resources. */
export function providerSetting(config: ProviderConfig, key: "project" | "region" | "zone"): string {
  const value = config[key] ?? (key === "region" && config.zone ? regionOfZone(config.zone) : undefined);
  if (value) return value;
  if (key === "project") throw new Error("project: required field is not set");
  throw new Error(`Cannot determine ${key}: set in this resource, or set provider-level '${key}'.`);
}

/** Where a resource with these properties lives. */
export function placeOf(props: Props, config: ProviderConfig): Place {
  const name = (key: "project" | "region" | "zone") =>
    typeof props[key] === "string" && props[key] !== "" ? basename(props[key]) : config[key];
  const zone = name("zone");
  return {
    project: name("project") ?? providerSetting(config, "project"),
    zone,
    region: typeof props.zone === "string" && props.zone !== "" ? regionOfZone(props.zone) : name("region"),
  };
}
