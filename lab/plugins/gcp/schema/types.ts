import type { DiffKind } from "../../framework";
import type { Place } from "./links";

/** A value with its secret marks taken off; a value that is not known yet is a symbol. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | symbol
  | undefined
  | Plain[]
  | { [key: string]: Plain };

/** The properties of a resource, without secret marks. */
export type Props = { [key: string]: Plain };

/** JSON as the REST API speaks it. */
export type Json = null | boolean | number | string | undefined | Json[] | { [key: string]: Json };

/** A JSON object of the REST API. */
export type JsonObject = { [key: string]: Json };

/** A check of one value; returns the reason, in Terraform's words, or nothing. */
export type Validator = (value: string | number, tfPath: string) => string[];

/** One property, as a Terraform schema describes it. */
export interface Field {
  readonly type: "string" | "bool" | "int" | "float" | "map" | "object" | "list" | "set";
  /** Terraform's name, where it is not the property's name in snake_case. */
  readonly tf?: string;
  readonly required?: boolean;
  /** A change replaces the resource. */
  readonly forceNew?: boolean;
  /** The cloud fills it in when the program doesn't: leaving it out is no change. */
  readonly computed?: boolean;
  /** The cloud alone fills it in; the program may not set it. */
  readonly output?: boolean;
  readonly default?: string | number | boolean;
  /** Terraform has a default, which Pulumi does not copy, since the property is deprecated. */
  readonly deprecated?: boolean;
  /** What a list or set is made of. */
  readonly elem?: Field;
  /** The properties of an object. */
  readonly fields?: Fields;
  readonly validate?: Validator;
  /** True when two unlike spellings mean the same. */
  readonly same?: (old: Plain, now: Plain) => boolean;
  /** Left to its provider-wide setting when absent. */
  readonly providerSetting?: "project" | "region" | "zone";
  /**
   * Where the REST resource has it: a dotted path (default: the property's own name), or a path with
   * conversions, or false when the API doesn't know it.
   */
  readonly rest?: string | RestMapping | false;
  /** What a request says of it when the program says nothing; without this, nothing. */
  readonly absent?: Json;
  /** A default that is a zero value and is recorded as a default nevertheless. */
  readonly zeroRecorded?: boolean;
  /** The official provider has it, the lab does not: setting it fails with that reason. */
  readonly notInLab?: boolean;
}

/** How a property travels to the REST API and back. */
export interface RestMapping {
  readonly path?: string;
  readonly toRest?: (value: Plain, place: Place) => Json;
  readonly fromRest?: (value: Json) => Plain;
}

/** Properties by name. */
export type Fields = { readonly [property: string]: Field };

/** Where in the project a resource lives. */
export type Scope = "global" | "region" | "zone";

/** What a resource is: its properties and the rules between them. */
export interface ResourceSchema {
  /** Pulumi's type token. */
  readonly type: string;
  /** The word of error messages, e.g. "Network". */
  readonly label: string;
  /** An id of the resource, with {project}, {region}, {zone} and the identifying properties. */
  readonly idFormat: string;
  readonly fields: Fields;
  /** A change that fails leaves the state as it was; without this the state says what was asked for. */
  readonly failsAsItWas?: boolean;
  /** An omitted name becomes the resource's name and seven hex digits. */
  readonly autoName?: boolean;
  /** It has labels, effectiveLabels and pulumiLabels. */
  readonly labels?: boolean;
  /** Exactly one of these properties must be set. */
  readonly exactlyOneOf?: readonly string[];
  /** A property and those it can't be set together with. */
  readonly conflicts?: { readonly [property: string]: readonly string[] };
  /**
   * What Terraform calls CustomizeDiff: throws what the plan refuses, and says whether a change that the
   * schema takes in place needs a replacement nevertheless.
   */
  readonly customizeDiff?: (olds: Props | undefined, news: Props, changed: Changes) => boolean;
  /** Fills in outputs that a plan already knows. */
  readonly derive?: (planned: Props) => Props;
}

/** Changes by property path, as Pulumi's detailed diff names them. */
export type Changes = { [path: string]: DiffKind };
