import { isObject } from "../../core/json";
import { parseNodeBundle, renderNodeBundle } from "../../core/node/nodeBundle";

type Json = Record<string, unknown>;

/**
 * A preview without what the guard does not read, so that it can be kept: outputs other than the stack's, and the text
 * of scripts that a phase sends before and after alike.
 */
export function pruned(preview: Json): Json {
  const { config, steps, diagnostics, changeSummary } = preview;
  return { config, steps: ((steps as Json[] | null) ?? []).map(prunedStep), diagnostics, changeSummary };
}

function prunedStep(step: Json): Json {
  const { provider: _, ...rest } = step;
  const [old, now] = [rest.oldState, rest.newState].map((state) => (isObject(state) ? state : undefined));
  const [before, after] = withoutSameScripts(stdinOf(old), stdinOf(now));
  return {
    ...rest,
    ...(old ? { oldState: prunedState(old, before) } : {}),
    ...(now ? { newState: prunedState(now, after) } : {}),
  };
}

function stdinOf(state: Json | undefined): unknown {
  return isObject(state?.inputs) ? state.inputs.stdin : undefined;
}

const STATE = ["custom", "delete", "protect", "inputs"];
const OUTPUTS = ["etcdVersion", "members", "certificateExpiry", "vmFingerprints", "caKeyPem", "sshAccess"];

function prunedState(state: Json, stdin: unknown): Json {
  const { inputs, outputs, propertyDependencies: from } = state;
  const kept = pick(state, STATE);
  if (isObject(from) && from.caCertPem) kept.propertyDependencies = { caCertPem: from.caCertPem };
  if (isObject(inputs) && stdin !== undefined) kept.inputs = { ...inputs, stdin };
  if (state.type === "pulumi:pulumi:Stack" && isObject(outputs)) kept.outputs = pick(outputs, OUTPUTS);
  return kept;
}

function pick(from: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])));
}

function withoutSameScripts(before: unknown, after: unknown): [unknown, unknown] {
  const [had, has] = [filesIn(before), filesIn(after)];
  if (before === after && !had && typeof before === "string" && before.length > 500) return ["same", "same"];
  if (!had && !has) return [before, after];
  const same = (path: string, content: string, other: typeof had) => {
    const its = other?.files.find((file) => file.path === path)?.content;
    return /\.sh$/.test(path) && (!other || its === content) ? "# as it was\n" : content;
  };
  const render = (one: typeof had, other: typeof had) =>
    one &&
    renderNodeBundle(
      one.files.map((f) => ({ ...f, content: same(f.path, f.content, other) })),
      one.command,
    );
  return [render(had, has) ?? before, render(has, had) ?? after];
}

function filesIn(text: unknown): ReturnType<typeof parseNodeBundle> | undefined {
  try {
    return typeof text === "string" ? parseNodeBundle(text) : undefined;
  } catch {
    return undefined;
  }
}
