import type { Tree } from "./tree";

type Folder = { [key: string]: Tree };

/** Keys of a JSON answer are camelCase (`network-interfaces` is `networkInterfaces`), but for user-given ones. */
export function toJson(tree: Tree, key = ""): unknown {
  if (Array.isArray(tree)) return tree.map((element) => toJson(element));
  if (typeof tree !== "object")
    return key === "id" || key === "numericProjectId" ? rawNumber(String(tree)) : tree;
  if (LISTS.has(key)) return Object.values(tree).map((element) => toJson(element));
  const keep = VERBATIM.has(key);
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      const shown = keep ? name : camelCase(name);
      return [shown, toJson(value, shown)];
    }),
  );
}

/** Folders that are lists in JSON. */
const LISTS = new Set([
  "networkInterfaces",
  "accessConfigs",
  "forwardedIps",
  "ipAliases",
  "targetInstanceIps",
]);
/** Folders whose entries users name. */
const VERBATIM = new Set(["attributes", "serviceAccounts", "guestAttributes"]);

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
