import { parseEnvironment } from "../core/node/etcdEnv";
import { DECLARED_DIR } from "../core/node/layout";
import { type NodeFile, parseNodeBundle, renderNodeBundle } from "../core/node/nodeBundle";
import { type PhaseValues, parsePhase } from "../core/node/phases";
import { isPhaseCommand } from "./phaseCommand";
import type { ResourceState } from "./preview";

/** What the install phase brings to a node. */
export interface Bundle {
  /** What puts the files in their places: a script as they are, and another one in other releases of this program. */
  readonly frame: string;
  /** By path. */
  readonly files: ReadonlyMap<string, NodeFile>;
  readonly options: Partial<PhaseValues<"install">>;
}

/** The bundle that an install phase is sent; `undefined` unless its text is a bundle and nothing else. */
export function bundleIn(inputs: ResourceState["inputs"] | undefined): Bundle | undefined {
  const text = inputs?.stdin;
  if (typeof text !== "string") return undefined;
  try {
    const { frame, files, command } = parseNodeBundle(text);
    if (renderNodeBundle(files, command, frame) !== text || !isPhaseCommand("install", command))
      return undefined;
    return {
      frame,
      files: new Map(files.map((file) => [file.path, file])),
      options: parsePhase("install", command) ?? {},
    };
  } catch {
    return undefined;
  }
}

/** Where a changed file has its path. */
const FRAME = "what puts them in place";

/**
 * The files that two install phases do not bring alike, by content or by mode, and the frame if it is another one;
 * `undefined` unless both texts are bundles.
 */
export function changedFiles(old: ResourceState["inputs"], now: ResourceState["inputs"]) {
  const [had, has] = [withFrame(bundleIn(old)), withFrame(bundleIn(now))];
  if (!had || !has) return undefined;
  return [...new Set([...had.keys(), ...has.keys()])]
    .map((path) => {
      const [before, after] = [had.get(path), has.get(path)];
      const mode = before && after && before.mode !== after.mode ? after.mode : undefined;
      return { path, before: before?.content, after: after?.content, mode };
    })
    .filter(({ before, after, mode }) => before !== after || mode !== undefined);
}

function withFrame(bundle: Bundle | undefined): ReadonlyMap<string, NodeFile> | undefined {
  const frame = { path: FRAME, mode: "", content: bundle?.frame ?? "" };
  return bundle && new Map([...bundle.files, [FRAME, frame]]);
}

/** The variables of the declared etcd.env. */
export function envIn(inputs: ResourceState["inputs"] | undefined): ReadonlyMap<string, string> | undefined {
  const text = bundleIn(inputs)?.files.get(`${DECLARED_DIR}/etcd.env`)?.content;
  return text === undefined ? undefined : parseEnvironment(text);
}
