import {
  type DiffKind,
  type DiffResult,
  encode,
  NO_DIFF,
  type PropertyMap,
  Secret,
  type Value,
} from "../framework";

/**
 * Compares inputs as pulumi-go-provider does: a changed element is named by its path, and only a change of the
 * whole `triggers` replaces. A secret is opaque, and becoming one is a change.
 */
export function diffInputs(oldInputs: PropertyMap, news: PropertyMap): DiffResult {
  const detailed = Object.fromEntries(
    properties(oldInputs, news)
      .flatMap((name) => changesOf(name, oldInputs[name], news[name]))
      .map(([path, kind]) => [path, path === "triggers" ? (`${kind}_REPLACE` as DiffKind) : kind]),
  );
  const paths = Object.keys(detailed);
  if (paths.length === 0) return NO_DIFF;
  return {
    changes: "SOME",
    diffs: [...new Set(paths.map((path) => path.replace(/[.[].*$/, "")))],
    replaces: paths.filter((path) => detailed[path]?.endsWith("_REPLACE")),
    deleteBeforeReplace: false,
    detailed,
  };
}

type Change = [path: string, kind: "ADD" | "DELETE" | "UPDATE"];

function changesOf(path: string, before: Value, after: Value): Change[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [[path, "ADD"]];
  if (after === undefined) return [[path, "DELETE"]];
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      changesOf(`${path}[${index}]`, before[index], after[index]),
    ).flat();
  }
  if (isMap(before) && isMap(after)) {
    return properties(before, after).flatMap((name) =>
      changesOf(`${path}${step(name)}`, before[name], after[name]),
    );
  }
  return JSON.stringify(canonical(before)) === JSON.stringify(canonical(after)) ? [] : [[path, "UPDATE"]];
}

function properties(before: PropertyMap, after: PropertyMap): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

/** A property's name in a path of the engine. */
function step(name: string): string {
  return /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function isMap(value: Value): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** The wire form with sorted keys. */
function canonical(value: Value): unknown {
  const sort = (wire: unknown): unknown => {
    if (Array.isArray(wire)) return wire.map(sort);
    if (typeof wire !== "object" || wire === null) return wire;
    return Object.fromEntries(
      Object.entries(wire)
        .sort(([x], [y]) => (x < y ? -1 : 1))
        .map(([key, element]) => [key, sort(element)]),
    );
  };
  return sort(encode(value));
}
