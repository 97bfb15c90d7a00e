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

/** The longest list that is looked at; one of seven members has some 800 characters. */
const MAX_CHARACTERS = 65_536;

// As in remote/answers.sh. A member chooses its own name: a line end or a comma in it would pass for another field.
const URL = "https?://[A-Za-z0-9.-]{1,253}:\\d{1,5}";
const URLS = `${URL}(?:,${URL}){0,7}`;
const LINE = new RegExp(
  `^([0-9a-f]{1,16}), (started|unstarted), ([\\w.-]{0,63}), (${URLS}), (${URLS})?, (true|false)$`,
);

/**
 * Parses what `etcdctl member list` prints in its default (simple) format:
 * `ID, status, name, peer URLs, client URLs, is learner` (etcdctl from 3.4 on).
 *
 * @throws Error naming the line that is not in this format, or when there is no line at all.
 */
export function parseMemberList(text: string): Member[] {
  if (text.length > MAX_CHARACTERS)
    throw new Error(`member list: got ${text.length} characters; expected at most ${MAX_CHARACTERS}`);
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new Error("member list: got no line; expected one line a member");
  return lines.map(parseLine);
}

function parseLine(line: string): Member {
  const [, id = "", status, name = "", peers, clients, learner] = LINE.exec(line) ?? [];
  if (status !== "started" && status !== "unstarted") {
    throw new Error(
      `member list: got the line ${JSON.stringify(line.slice(0, 200))}; ` +
        "expected `ID, started|unstarted, name, peer URLs, client URLs, true|false`",
    );
  }
  const isLearner = learner === "true";
  return { id, status, name, peerUrls: splitUrls(peers), clientUrls: splitUrls(clients), isLearner };
}

function splitUrls(field: string | undefined): string[] {
  return (field ?? "").split(",").filter((url) => url !== "");
}
