import { parseEnvironment } from "../core/node/etcdEnv";
import { DECLARED_DIR } from "../core/node/layout";
import { type NodeFile, parseNodeBundle, renderNodeBundle } from "../core/node/nodeBundle";
import { type PhaseValues, parsePhase } from "../core/node/phases";
import { isPhaseCommand } from "./phaseCommand";
import type { ResourceState } from "./preview";

/** What the install phase brings to a node. */
export interface Bundle {
  /** By path. */
  readonly files: ReadonlyMap<string, NodeFile>;
  readonly options: Partial<PhaseValues<"install">>;
}

/** The bundle that an install phase is sent; `undefined` unless its text is a bundle and nothing else. */
export function bundleIn(inputs: ResourceState["inputs"] | undefined): Bundle | undefined {
  const text = inputs?.stdin;
  if (typeof text !== "string") return undefined;
  try {
    const { files, command } = parseNodeBundle(text);
    if (renderNodeBundle(files, command) !== text || !isPhaseCommand("install", command)) return undefined;
    return {
      files: new Map(files.map((file) => [file.path, file])),
      options: parsePhase("install", command) ?? {},
    };
  } catch {
    return undefined;
  }
}

/** The files that two install phases do not bring alike, by content or by mode; `undefined` unless both texts are bundles. */
export function changedFiles(old: ResourceState["inputs"], now: ResourceState["inputs"]) {
  const [had, has] = [bundleIn(old)?.files, bundleIn(now)?.files];
  if (!had || !has) return undefined;
  return [...new Set([...had.keys(), ...has.keys()])]
    .map((path) => {
      const [before, after] = [had.get(path), has.get(path)];
      const mode = before && after && before.mode !== after.mode ? after.mode : undefined;
      return { path, before: before?.content, after: after?.content, mode };
    })
    .filter(({ before, after, mode }) => before !== after || mode !== undefined);
}

/** The variables of the declared etcd.env. */
export function envIn(inputs: ResourceState["inputs"] | undefined): ReadonlyMap<string, string> | undefined {
  const text = bundleIn(inputs)?.files.get(`${DECLARED_DIR}/etcd.env`)?.content;
  return text === undefined ? undefined : parseEnvironment(text);
}
