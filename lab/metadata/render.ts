import type { Tree } from "./tree";

type Folder = { [key: string]: Tree };

/** Keys of a JSON answer are camelCase (`network-interfaces` is `networkInterfaces`), but for user-given ones. */
function toJson(tree: Tree, key = ""): unknown {
  if (Array.isArray(tree)) return tree.map((element) => toJson(element));
  if (typeof tree !== "object") {
    if (NUMBERS.has(key)) return rawNumber(String(tree));
    return LINES.has(key) ? String(tree).split("\n") : tree;
  }
  if (key === "guestAttributes") return tree;
  if (LISTS.has(key)) return Object.values(tree).map((element) => toJson(element));
  const keep = VERBATIM.has(key);
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      const shown = keep ? name : camelCase(name);
      // A user's own key is no name of ours: an attribute `id` is text.
      return [shown, toJson(value, keep && !isFolder(value) ? "" : shown)];
    }),
  );
}

/** {@link toJson} of the node at a path. */
export function toJsonAt(tree: Tree, path: readonly string[]): unknown {
  const names = path.map(camelCase);
  if (names.includes("guestAttributes")) return tree;
  const isUsers = VERBATIM.has(names.at(-2) ?? "") && !isFolder(tree);
  return toJson(tree, isUsers ? "" : names.at(-1));
}

/** Folders that are lists in JSON. */
const LISTS = new Set([
  "networkInterfaces",
  "accessConfigs",
  "forwardedIps",
  "ipAliases",
  "targetInstanceIps",
]);
/** Values that are numbers in JSON. */
const NUMBERS = new Set(["id", "numericProjectId", "mtu"]);
/** Values of one entry a line that are lists in JSON. */
const LINES = new Set(["aliases", "scopes", "dnsServers"]);
/** Folders whose entries users name. */
const VERBATIM = new Set(["attributes", "serviceAccounts"]);

const RAW = "raw-number:";

/** Marks digits that {@link stringify} writes as a JSON number. */
function rawNumber(digits: string): string {
  return RAW + digits;
}

/** JSON text, with ids as numbers of full length. */
export function stringify(value: unknown): string {
  return JSON.stringify(value).replace(new RegExp(`"${RAW}(\\d+)"`, "g"), "$1");
}

/** The plain-text answer: a value as it is, a folder as a listing, one entry a line. */
export function toText(tree: Tree): string {
  if (Array.isArray(tree)) return JSON.stringify(tree);
  if (typeof tree !== "object") return String(tree);
  return Object.entries(tree)
    .map(([name, value]) => (isFolder(value) ? `${name}/` : name))
    .map((line) => `${line}\n`)
    .join("");
}

/** The node at a path, or undefined. */
export function find(tree: Tree, path: readonly string[]): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const part of path) {
    if (node === undefined || !isFolder(node) || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return node;
}

export function isFolder(tree: Tree): tree is Folder {
  return typeof tree === "object" && !Array.isArray(tree);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
