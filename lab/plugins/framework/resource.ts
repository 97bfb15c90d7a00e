import type { PropertyMap } from "./values";

/** One reason why inputs are refused. */
export interface CheckFailure {
  /** Empty where the official plugin names the property in the reason alone. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export type DiffKind = "ADD" | "ADD_REPLACE" | "DELETE" | "DELETE_REPLACE" | "UPDATE" | "UPDATE_REPLACE";

export interface DiffResult {
  readonly changes: "NONE" | "SOME";
  readonly diffs: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Property path to what happens to it. */
  readonly detailed: Readonly<Record<string, DiffKind>>;
}

export const NO_DIFF: DiffResult = {
  changes: "NONE",
  diffs: [],
  replaces: [],
  deleteBeforeReplace: false,
  detailed: {},
};

/** What every operation gets besides its properties. */
export interface Context {
  readonly urn: string;
  readonly preview: boolean;
  /** 0 when the program set no customTimeouts. */
  readonly timeoutSeconds: number;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
}

/** One resource type of a plugin. */
export interface ResourceHandler {
  /** For example `tls:index/privateKey:PrivateKey`. */
  readonly type: string;
  check(request: {
    urn: string;
    olds: PropertyMap;
    news: PropertyMap;
    randomSeed: Uint8Array;
  }): Promise<CheckResult>;
  diff(request: {
    urn: string;
    id: string;
    oldInputs: PropertyMap;
    /** The state: inputs and outputs. */
    olds: PropertyMap;
    news: PropertyMap;
  }): Promise<DiffResult>;
  create(request: { news: PropertyMap }, context: Context): Promise<{ id: string; outputs: PropertyMap }>;
  /** The live state, or undefined when the resource is gone. Without it a read answers what is known. */
  read?(
    request: { id: string; inputs: PropertyMap; olds: PropertyMap },
    context: Context,
  ): Promise<{ id: string; inputs: PropertyMap; outputs: PropertyMap } | undefined>;
  update(
    request: { id: string; oldInputs: PropertyMap; olds: PropertyMap; news: PropertyMap },
    context: Context,
  ): Promise<{ outputs: PropertyMap }>;
  delete(request: { id: string; oldInputs: PropertyMap; olds: PropertyMap }, context: Context): Promise<void>;
}

/** One function of a plugin, which a program asks and which changes nothing. */
export interface FunctionHandler {
  /** For example `gcp:compute/getImage:getImage`. */
  readonly token: string;
  invoke(
    args: PropertyMap,
    context: Pick<Context, "timeoutSeconds">,
  ): Promise<{ readonly result?: PropertyMap; readonly failures?: readonly CheckFailure[] }>;
}

/** A failed create or update that left something behind: the engine saves it, marked as not ready. */
export class PartialError extends Error {
  constructor(
    message: string,
    readonly partial: { readonly id: string; readonly outputs: PropertyMap },
  ) {
    super(message);
    this.name = "PartialError";
  }
}

/** A provider plugin. */
export interface PluginDefinition {
  readonly name: string;
  /** Of the official plugin that it stands in for, without a leading `v`. */
  readonly version: string;
  configure(config: PropertyMap): Promise<void>;
  readonly resources: readonly ResourceHandler[];
  /** @default none */
  readonly functions?: readonly FunctionHandler[];
}
