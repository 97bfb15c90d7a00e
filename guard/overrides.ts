import { type Finding, RULES } from "./finding";

/** What names an override in a pull request's body: `etcd-guard-allow: RULE:SUBJECT` on a line of its own. */
const KEYWORD = "etcd-guard-allow";

/**
 * The overrides that a pull request's body names, as they are written.
 * HTML comments, quotes and fenced code do not count: templates and replies hold examples.
 */
export function overridesInBody(body: string): string[] {
  const own = body
    .replace(/\r\n?/g, "\n")
    .replace(/<!--[\s\S]*?(-->|$)/g, "")
    .replace(/^ {0,3}(```|~~~)[\s\S]*?(^ {0,3}\1|(?![\s\S]))/gm, "");
  return own.split("\n").flatMap((line) => {
    const match = new RegExp(`^ {0,3}(?:[-*] )?\`?${KEYWORD}:(.*)$`, "i").exec(line);
    return match ? [(match[1] as string).replace(/`\s*$/, "").trim()] : [];
  });
}

/** Findings parted by the overrides, with what is wrong with the overrides. */
export interface Judged {
  readonly refused: readonly Finding[];
  readonly allowed: readonly Finding[];
  /** One sentence each: an override that is malformed, or that names nothing in this run. */
  readonly problems: readonly string[];
}

/** The text that allows a finding. */
export function overrideOf(finding: Pick<Finding, "rule" | "subject">): string {
  return `${finding.rule}:${finding.subject}`;
}

/** Applies overrides, each of which must name one finding of this run. */
export function applyOverrides(findings: readonly Finding[], overrides: readonly string[]): Judged {
  const given = new Set(overrides);
  const names = new Set(findings.map(overrideOf));
  const problems = [...given]
    .filter((text) => !names.has(text))
    .map((text) => {
      const [rule = "", ...subject] = text.split(":");
      const isKnown = (RULES as readonly string[]).includes(rule);
      if (!isKnown || subject.join(":") === "" || /\s/.test(text)) {
        return `the override ${quote(text)} is not RULE:SUBJECT with one of the rules ${RULES.join(", ")}`;
      }
      return `the override ${quote(text)} matches nothing in this run; take it out`;
    });
  return {
    refused: findings.filter((finding) => !given.has(overrideOf(finding))),
    allowed: findings.filter((finding) => given.has(overrideOf(finding))),
    problems,
  };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 120).replace(/[^\w.:/@+, -]/g, "?"));
}
