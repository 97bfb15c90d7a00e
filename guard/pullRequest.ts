import { isObject, jsonOf } from "../core/json";
import { overridesInBody } from "./overrides";
import { GuardInputError } from "./preview";

/** What a pull request says of who allows what: the output of .github/scripts/pull-request.sh. */
export interface PullRequest {
  readonly author: string;
  /** The description as it is now. */
  readonly body: string;
  /** The description's revisions, newest first, with the whole text of each. None when it was never edited; `null` when unknown. */
  readonly edits: readonly Edit[] | null;
  /** Users and teams whose review is asked for and not given. */
  readonly asked: readonly string[];
  /** Users who approved the commit that is judged. */
  readonly approved: readonly string[];
  /** Who merged it; missing while it is open. */
  readonly merged?: string;
}

interface Edit {
  readonly by: string | null;
  readonly at: string;
  /** `null` when it is not known: somebody has deleted it, or it is older than what GitHub gives. */
  readonly body: string | null;
}

/** Who wrote an override, and when if the description was edited. */
export interface Writer {
  readonly by: string;
  readonly at?: string;
}

/** @throws GuardInputError unless the text is a pull request. */
export function readPullRequest(text: string): PullRequest {
  const json = jsonOf(text);
  const isNames = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === "string");
  const isEdit = (edit: unknown) =>
    isObject(edit) && typeof edit.at === "string" && [edit.by, edit.body].every(isTextOrNull);
  if (
    !isObject(json) ||
    ![json.author, json.body].every((value) => typeof value === "string") ||
    ![json.asked, json.approved].every(isNames) ||
    !isTextOrNull(json.merged ?? null) ||
    !(json.edits === null || (Array.isArray(json.edits) && json.edits.every(isEdit)))
  )
    throw new GuardInputError("the pull request is not what .github/scripts/pull-request.sh prints");
  const { merged, ...rest } = json;
  return { ...(rest as unknown as PullRequest), ...(typeof merged === "string" ? { merged } : {}) };
}

/** Who wrote an override that the description holds: whoever made the revision since which it has stood there. */
export function writerOf(override: string, { author, edits }: PullRequest): Writer | undefined {
  if (edits === null) return undefined;
  if (edits.length === 0) return { by: author };
  let since: Edit | undefined;
  for (const edit of edits) {
    // What such a revision held is not known.
    if (edit.body === null) return undefined;
    if (!overridesInBody(edit.body).includes(override)) break;
    since = edit;
  }
  return since?.by ? { by: since.by, at: since.at } : undefined;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}
