/** What a node's report says, see remote/observe.sh. */
export interface ObservedNode {
  /** A fact's value; empty when it could not be read, `undefined` when there was nothing to read it from. */
  fact(name: string): string | undefined;
  /** `SHA256 MODE OWNER:GROUP`, or `missing`. */
  file(path: string): string;
  /** The member list as this member tells it; empty when it does not answer. */
  readonly memberList: string;
}

/**
 * Reads a report.
 *
 * @throws Error when it was cut off.
 */
export function readReport(text: string): ObservedNode {
  const facts = new Map<string, string>();
  const members: string[] = [];
  for (const line of text.split("\n")) {
    const [name = "", value = ""] = line.split("\t");
    if (name === "member") members.push(value);
    else facts.set(name, value.trim());
  }
  if (facts.get("end") !== "ok") throw new Error("the node's report was cut off");
  return {
    fact: (name) => facts.get(name),
    file: (path) => facts.get(`file ${path}`) ?? "missing",
    memberList: members.join("\n"),
  };
}
