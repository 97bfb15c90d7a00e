/** One line of `etcdctl member list`. */
export interface Member {
  /** Lower-case hex, as etcdctl prints it. */
  readonly id: string;
  readonly status: "started" | "unstarted";
  /** Empty until the member has started once. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/**
 * Parses what `etcdctl member list` prints in its default (simple) format:
 * `ID, status, name, peer URLs, client URLs, is learner` (etcdctl from 3.4 on).
 *
 * @throws Error naming the line that is not in this format, or when there is no line at all.
 */
export function parseMemberList(text: string): Member[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new Error("member list: got no line; expected one line a member");
  return lines.map(parseLine);
}

function parseLine(line: string): Member {
  const [id, status, name, peers, clients, learner, ...rest] = line.split(", ").map((field) => field.trim());
  const good =
    rest.length === 0 &&
    /^[0-9a-f]{1,16}$/.test(id ?? "") &&
    (status === "started" || status === "unstarted") &&
    (learner === "true" || learner === "false");
  if (!good) {
    throw new Error(
      `member list: got the line ${JSON.stringify(line)}; ` +
        "expected `ID, started|unstarted, name, peer URLs, client URLs, true|false`",
    );
  }
  return {
    id: id as string,
    status,
    name: name ?? "",
    peerUrls: splitUrls(peers),
    clientUrls: splitUrls(clients),
    isLearner: learner === "true",
  };
}

function splitUrls(field: string | undefined): string[] {
  return (field ?? "").split(",").filter((url) => url !== "");
}
