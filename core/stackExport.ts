import { at, record } from "./json";

/** One resource as the state has it, secrets in the clear. */
export interface StateResource {
  readonly urn: string;
  /** Such as `command:remote:Command`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What the engine writes in place of a secret; `--show-secrets` gives it as `plaintext`, JSON in a string. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/**
 * Reads what `pulumi stack export --show-secrets` prints.
 *
 * @throws Error when it is not that; the message quotes none of the input, which holds keys.
 */
export function readStackExport(text: string): StateResource[] {
  const resources = at(parse(text), "deployment", "resources") ?? [];
  if (!Array.isArray(resources)) throw new Error("the stack export has no list deployment.resources");
  return resources.flatMap((resource: unknown) => {
    const urn = at(resource, "urn");
    // What Pulumi is about to delete is no longer declared.
    if (typeof urn !== "string" || at(resource, "delete") === true) return [];
    const [type = "", name = ""] = urn.split("::").slice(-2);
    return [
      {
        urn,
        type:
          type
            .split("$")
            .at(-1)
            ?.replace(/^(\w+):(\w+)\/\w+:/, "$1:$2:") ?? "",
        name,
        inputs: record(plain(at(resource, "inputs"))),
        outputs: record(plain(at(resource, "outputs"))),
      },
    ];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the stack export is not JSON");
  }
}

/** Secrets replaced by their values, at any depth. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_KEY in value) {
    const plaintext = at(value, "plaintext");
    if (typeof plaintext !== "string")
      throw new Error("the stack export has encrypted values; export it with --show-secrets");
    return plain(parse(plaintext));
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
