import { FILES, read } from "../repository";
import { type ShellSource, shellSource } from "./harness/shellSource";

const NAMES = FILES.filter((file) => /^remote\/.*\.sh$/.test(file))
  .map((file) => file.slice("remote/".length))
  .sort();
const TEXT: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.map((name) => [name, read(`remote/${name}`)]),
);
const SOURCE: Readonly<Record<string, ShellSource>> = Object.fromEntries(
  NAMES.map((name) => [name, shellSource(`remote/${name}`)]),
);

/** What runs by itself. Nothing may need what it defines. */
const isProgram = (name: string) => TEXT[name]?.startsWith("#!") ?? false;
const programs = NAMES.filter(isProgram);
const pieces = NAMES.filter((name) => !isProgram(name));
/** Not installed: what TypeScript sends after what it needs, and the function that it calls. */
const SENT: Readonly<Record<string, readonly [entry: string, sender: string]>> = {
  "vm-gate.sh": ["vm_gate", "components/vmChain.ts"],
  "observe.sh": ["observe", "verify/observe.ts"],
};

const definedBy = (name: string) => [...(SOURCE[name]?.functions ?? []), ...(SOURCE[name]?.variables ?? [])];
const isGiven = (word: string) => pieces.some((name) => definedBy(name).includes(word));

/** What a file uses and does not define itself. */
function foreign(name: string): string[] {
  const own = definedBy(name);
  return (SOURCE[name]?.uses ?? []).filter((word) => !own.includes(word));
}

/** The files that define it. */
function needs(name: string): string[] {
  const words = foreign(name);
  return NAMES.filter((other) =>
    definedBy(other).some((word) => words.includes(word) && (!isProgram(other) || !isGiven(word))),
  );
}

/** The same, and what these need. */
function needsInAll(name: string): string[] {
  const all = new Set([name]);
  for (const each of all) for (const other of needs(each)) all.add(other);
  all.delete(name);
  return [...all].sort();
}

/** What of a file others use. */
function gives(name: string): string[] {
  const used = new Set(NAMES.filter((other) => other !== name).flatMap(foreign));
  return definedBy(name).filter((word) => used.has(word) || word === SENT[name]?.[0]);
}

/** `Needs:` and `Gives:` of a file's head. */
function head(name: string): Record<string, string> {
  const lines =
    /^(?:#.*\n)+/
      .exec(TEXT[name] ?? "")?.[0]
      .replace(/^# ?/gm, "")
      .split("\n") ?? [];
  const [, needed = "", options = "", given = ""] =
    /Needs: (.*?)(?:; options (.*?))?\. Gives: (.*)\. $/.exec(lines.join(" ")) ?? [];
  return { needed, options, given };
}

test.each(pieces)("remote/%s says in its head what it needs and gives", (name) => {
  expect(head(name)).toEqual({
    needed: needs(name).join(", ") || "nothing",
    options: [...(SOURCE[name]?.options ?? [])].sort().join(", "),
    given: gives(name).join(", "),
  });
});

test.each(programs)("remote/%s sources what it and its pieces need, and no longer", (name) => {
  const sourced = [...(TEXT[name] ?? "").matchAll(/^source .*\/(\S+)"$/gm)].map(([, file = ""]) => file);
  expect(sourced.sort()).toEqual(needsInAll(name));
});

test.each(Object.entries(SENT))("remote/%s is sent after what it and its pieces need", (name, [, sender]) => {
  const sent = [...read(sender).matchAll(/"([\w-]+\.sh)"/g)].map(([, file = ""]) => file);
  expect(sent.sort()).toEqual([...needsInAll(name), name].sort());
});

test("no piece needs a program, and nothing is defined that no one uses", () => {
  expect(NAMES.flatMap(needs).filter(isProgram)).toEqual([]);
  const used = new Set(NAMES.flatMap((name) => SOURCE[name]?.uses ?? []));
  const idle = pieces.flatMap((name) => (SOURCE[name]?.functions ?? []).filter((f) => !used.has(f)));
  expect(idle.sort()).toEqual(
    Object.values(SENT)
      .map(([entry]) => entry)
      .sort(),
  );
});
