import { changedFiles } from "./bundle";
import type { Effect } from "./changeClass";
import { isShown, shortPath } from "./files";
import { SECRET_VALUE, UNKNOWN_VALUE } from "./preview";
import type { ResourceChange } from "./resourceChange";

const WHY = "they run as root on every controller: read them";

/**
 * What the scripts that a phase sends do: the classes know what the phases do to etcd, and nothing of a script that
 * is not the one before.
 *
 * @param otherwise the effect when the same scripts are sent.
 */
export function scriptsEffect(change: ResourceChange, otherwise: Effect): Effect {
  if (change.op === "delete") return otherwise;
  const names = changedScripts(change);
  if (names === undefined)
    return { class: "rolling", what: `scripts that run as root, ${whyUnknown(change)}`, why: WHY };
  if (names.length === 0) return otherwise;
  return { class: "rolling", what: `scripts that run as root changed: ${names.join(", ")}`, why: WHY };
}

/** Names of the scripts that are not the same before and after; `undefined` when that cannot be told. */
function changedScripts({ op, old, new: now, role }: ResourceChange): string[] | undefined {
  if (op === "create") return undefined;
  const [before, after] = [old?.inputs?.stdin, now?.inputs?.stdin];
  if (before === after && before !== UNKNOWN_VALUE && before !== SECRET_VALUE) return [];
  if (!isText(before) || !isText(after)) return undefined;
  if (role.kind === "vm-gate") return withoutCall(before) === withoutCall(after) ? [] : ["vm-gate"];
  // Root runs lines of the unit, with the variables of etcd.env; of both, the comment shows what is harmless.
  return changedFiles(old?.inputs, now?.inputs)
    ?.filter(({ path, before, after, mode }) => mode !== undefined || !isShown(path, before, after))
    .map(({ path, mode }) => `${shortPath(path)}${mode ? ` (mode ${mode})` : ""}`);
}

function whyUnknown({ op, old, new: now }: ResourceChange): string {
  if (!isText(now?.inputs?.stdin)) return "hidden in the preview";
  if (op === "create") return "sent for the first time";
  return isText(old?.inputs?.stdin) ? "not as this program writes them" : "hidden in the state";
}

function isText(stdin: unknown): stdin is string {
  return typeof stdin === "string" && stdin !== UNKNOWN_VALUE && stdin !== SECRET_VALUE;
}

/** The gate's script without the line that says whose VM waits; a call of another shape stays in it. */
function withoutCall(script: string): string {
  return script.replace(/^main\(\) \{\nvm_gate \\\n {2}--name [\w-]+ \\\n {2}--vm [\w.-]+\n\}$/m, "");
}
