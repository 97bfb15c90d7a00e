import MarkdownIt, { type Token } from "markdown-it";
import { type Finding, RULES } from "./finding";

/**
 * What names an override in a pull request's body: `etcd-guard-allow: STACK RULE:SUBJECT` on a line of its own. One
 * without a stack counts for each.
 */
const KEYWORD = "etcd-guard-allow";

const MARKDOWN = new MarkdownIt("commonmark");

/**
 * The overrides that a pull request's body names, as they are written.
 * HTML, quotes and blocks of code do not count: templates and replies hold examples.
 */
export function overridesInBody(body: string): string[] {
  let quotes = 0;
  return MARKDOWN.parse(body, {}).flatMap(({ type, nesting, children }) => {
    if (type.startsWith("blockquote")) quotes += nesting;
    if (quotes > 0 || !children || children.some(isTag)) return [];
    const lines = children.map(textOf).join("").split("\n");
    return lines.flatMap((line) => new RegExp(`^\\s*${KEYWORD}:(.*)$`, "i").exec(line)?.[1]?.trim() ?? []);
  });
}

function isTag({ type, content }: Token): boolean {
  return type === "html_inline" && !content.startsWith("<!--");
}

function textOf({ type, content, markup }: Token): string {
  if (type === "softbreak" || type === "hardbreak") return "\n";
  if (type === "html_inline") return "";
  return content || markup;
}

/** The overrides of a pull request's body that count for a stack; another stack's are none of its business. */
export function overridesFor(stack: string, inBody: readonly string[]): string[] {
  return inBody.flatMap((text) => {
    const [first = "", second, ...rest] = text.split(/\s+/);
    if (second === undefined || rest.length > 0 || first.includes(":")) return [text];
    return first === stack ? [second] : [];
  });
}

/** Findings parted by the overrides, with what is wrong with the overrides. */
export interface Judged {
  readonly refused: readonly Finding[];
  readonly allowed: readonly Finding[];
  /** One sentence each: an override that is malformed or, given on the command line, names nothing in this run. */
  readonly problems: readonly string[];
}

/** The text that allows a finding. */
export function overrideOf(finding: Pick<Finding, "rule" | "subject">): string {
  return `${finding.rule}:${finding.subject}`;
}

/** True when an override names a finding, or a set of which the finding is what a run that stopped has left. */
export function allows(override: string, finding: Finding): boolean {
  if (override === overrideOf(finding)) return true;
  const prefix = `${finding.rule}:`;
  const meant = new Set(override.startsWith(prefix) ? override.slice(prefix.length).split("+") : []);
  return meant.size > 1 && finding.subject.split("+").every((part) => meant.has(part));
}

/**
 * Applies overrides. Each of `overrides` must name a finding of this run. Those of a pull request, `inBody`, belong to
 * one change: in a stack that it does not touch, and where it is done already, they find nothing to allow.
 */
export function applyOverrides(
  findings: readonly Finding[],
  overrides: readonly string[],
  inBody: readonly string[] = [],
): Judged {
  const given = [...new Set([...overrides, ...inBody])];
  const isAllowed = (finding: Finding) => given.some((text) => allows(text, finding));
  const problems = given
    .filter((text) => !findings.some((finding) => allows(text, finding)))
    .flatMap((text) => {
      const [rule = "", ...subject] = text.split(":");
      const isKnown = (RULES as readonly string[]).includes(rule);
      if (!isKnown || subject.join(":") === "" || /\s/.test(text)) {
        return [`the override ${quote(text)} is not RULE:SUBJECT with one of the rules ${RULES.join(", ")}`];
      }
      if (!overrides.includes(text)) return [];
      return [`the override ${quote(text)} matches nothing in this run; take it out`];
    });
  return {
    refused: findings.filter((finding) => !isAllowed(finding)),
    allowed: findings.filter(isAllowed),
    problems,
  };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 120).replace(/[^\w.:/@+, -]/g, "?"));
}
