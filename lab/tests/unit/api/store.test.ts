import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../../api/store";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = () => join(directory, "deep", "state.json");

test("every change is on disk when the call returns, for root only", () => {
  const store = new Store(file());
  store.put("projects/p/a", { size: 1 });
  expect(JSON.parse(readFileSync(file(), "utf8")).resources).toEqual({ "projects/p/a": { size: 1 } });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  store.remove("projects/p/a");
  expect(JSON.parse(readFileSync(file(), "utf8")).resources).toEqual({});
  expect(readdirSync(join(directory, "deep"))).toEqual(["state.json"]);
});

test("what was handed in or out does not change what is stored", () => {
  const store = new Store(file());
  const given = { tags: ["a"] };
  store.put("x", given);
  given.tags.push("b");
  (store.get("x") as typeof given).tags.push("c");
  for (const { resource } of store.list("x")) (resource as typeof given).tags.push("d");
  expect(store.get("x")).toEqual({ tags: ["a"] });
});

test("a list is what starts with the prefix, in order of creation", () => {
  const store = new Store(file());
  for (const path of ["p/b", "p/a", "q/c"]) store.put(path, { path });
  expect(store.list("p/")).toEqual([
    { path: "p/b", resource: { path: "p/b" } },
    { path: "p/a", resource: { path: "p/a" } },
  ]);
});

test("ids have 19 digits, grow, and go on growing after a restart", () => {
  const ids = [];
  for (let i = 0; i < 3; i++) {
    const store = new Store(file());
    ids.push(store.nextId(), store.nextId());
    store.put("x", {});
  }
  expect(ids.every((id) => /^\d{19}$/.test(id))).toBe(true);
  expect(ids).toEqual([...new Set(ids)].sort());
});
