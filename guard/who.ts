import { overrideOf } from "./overrides";
import type { Report } from "./report";

/** A user's or a team's name as it may be printed. */
const NAME = /^[\w.-]{1,60}(\/[\w.-]{1,100})?(\[bot\])?$/;

/** One sentence for each finding that is allowed: by whom, since when. */
export function allowedText({ allowed, pullRequest }: Report): string[] {
  return allowed.map(({ by, ...finding }) => {
    const time = by?.at && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(by.at) ? `, ${by.at.slice(0, 16)} UTC` : "";
    const writer = by ? `by ${names([by.by])}${time}` : pullRequest ? "by whom is not known" : "by name";
    return `\`${overrideOf(finding)}\` is allowed ${writer}`;
  });
}

/** Who may allow what is refused; empty where no pull request is known. */
export function wouldAllowText({ pullRequest }: Report): string {
  if (!pullRequest) return "";
  const { author, merged } = pullRequest;
  if (merged)
    return `It is merged, by ${names([merged])}: whoever may write to this repository can still edit its description, then run the job again.`;
  return `It is for ${names([author])}, or whoever else may write to this repository, to write.`;
}

/** Who looks at the pull request, and who has approved it. */
export function reviewText({ pullRequest }: Report): string {
  if (!pullRequest) return "";
  const { asked, approved, merged } = pullRequest;
  const given = approved.length > 0 ? `Approved by ${names(approved)}` : "Approved by no one";
  const open = asked.length > 0 ? `asked for a review: ${names(asked)}` : "no one else is asked for a review";
  return `${given}; ${merged ? `merged by ${names([merged])}` : open}.`;
}

function names(all: readonly string[]): string {
  return all.map((name) => (NAME.test(name) ? `\`${name}\`` : "somebody of an odd name")).join(", ");
}
