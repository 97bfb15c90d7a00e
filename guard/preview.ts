import { isObject } from "../core/json";

/** In the engine's JSON, a value that only `up` will know. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** In the engine's JSON, a secret. */
export const SECRET_VALUE = "[secret]";

/** A resource's state in a preview: the fields of the engine's ResourceV3 that the guard reads. */
export interface ResourceState {
  readonly custom?: boolean;
  /** True for a leftover of an earlier, interrupted replacement. */
  readonly delete?: boolean;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The URNs that each input property comes from. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

/** One step of a preview: pulumi/pulumi, pkg/display/json.go, PreviewStep. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: ResourceState;
  readonly newState?: ResourceState;
  readonly diffReasons?: readonly string[] | null;
  readonly replaceReasons?: readonly string[] | null;
  /** Property path to the kind of its change; `null` when the provider gives none. */
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

/** What `pulumi preview --json` prints: pulumi/pulumi, pkg/display/json.go, PreviewDigest. */
export interface Preview {
  /** The stack's configuration with the project's defaults, namespaced; secrets are blinded. */
  readonly config: Readonly<Record<string, string>>;
  readonly steps: readonly PreviewStep[];
  readonly diagnostics: readonly {
    readonly urn?: string;
    readonly message?: string;
    readonly severity?: string;
  }[];
  readonly changeSummary: Readonly<Record<string, number>>;
}

/** The input is not a preview that the guard understands. Its message holds nothing of the input's values. */
export class GuardInputError extends Error {
  constructor(problem: string) {
    super(`${problem}; give the guard what \`pulumi preview --json\` printed on stdout, as it is`);
    this.name = "GuardInputError";
  }
}

const KNOWN_OPS = new Set([
  "same",
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "read",
  "read-replacement",
  "refresh",
  "discard",
  "discard-replaced",
  "remove-pending-replace",
  "import",
  "import-replacement",
]);

/**
 * Checks that parsed JSON is a preview. Whatever is not understood is refused, never passed over.
 *
 * @throws GuardInputError naming the place that is not understood.
 */
export function readPreview(json: unknown): Preview {
  if (!isObject(json)) throw new GuardInputError("the input is not a JSON object");
  const { config, steps, diagnostics, changeSummary } = json;
  if (steps === undefined && changeSummary === undefined) {
    throw new GuardInputError("the input has neither steps nor a changeSummary");
  }
  const read = {
    config: isObject(config) ? textsOf(config) : {},
    steps: optionalList(steps, "steps").map(readStep),
    diagnostics: optionalList(diagnostics, "diagnostics").map((item) => (isObject(item) ? item : {})),
    changeSummary: isObject(changeSummary) ? (changeSummary as Record<string, number>) : {},
  };
  const announced = Object.keys(read.changeSummary).some((op) => op !== "same" && read.changeSummary[op]);
  if (announced && read.steps.length === 0) {
    throw new GuardInputError("the changeSummary counts changes and there are no steps");
  }
  return read;
}

function readStep(step: unknown, index: number): PreviewStep {
  const where = `steps[${index}]`;
  if (!isObject(step)) throw new GuardInputError(`${where} is not an object`);
  if (typeof step.op !== "string" || !KNOWN_OPS.has(step.op)) {
    throw new GuardInputError(`${where}.op is an unknown operation`);
  }
  if (typeof step.urn !== "string" || !/^urn:pulumi:.+::.+::.+::.+$/s.test(step.urn)) {
    throw new GuardInputError(`${where}.urn is not a URN`);
  }
  for (const name of ["oldState", "newState", "detailedDiff"]) {
    const value = step[name];
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new GuardInputError(`${where}.${name} is not an object`);
    }
  }
  for (const name of ["diffReasons", "replaceReasons"]) optionalList(step[name], `${where}.${name}`);
  return step as unknown as PreviewStep;
}

function optionalList(value: unknown, where: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new GuardInputError(`${where} is not a list`);
  return value;
}

function textsOf(object: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
