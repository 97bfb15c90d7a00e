/** One file to put on a node. */
export interface NodeFile {
  /** Absolute path. */
  readonly path: string;
  /** Octal, such as `0755`. */
  readonly mode: string;
  /** Text; a last line without a newline gets one. */
  readonly content: string;
}

const END = "__END_OF_NODE_FILE__";

/**
 * The first line of a script for `bash -s`, which would read the rest byte by byte. Where `cat` is killed, bash must not
 * go on in the middle of it.
 */
export const READ_AT_ONCE = "source <(cat); exit";

/**
 * All are written and synced before the first is renamed: beside the old ones, in a directory that goes afterwards. bash
 * itself reads and writes them; paths and modes are plain.
 */
const FRAME = `${READ_AT_ONCE}
set -euo pipefail
umask 022
declare -A staged=() by_mode=()
placed=()
put() {
  local dir=\${1%/*} content LC_ALL=C
  if [[ ! -v staged[$dir] ]]; then
    staged[$dir]=$dir/.new.$$
    compgen -G "$dir/.new.*" >/dev/null && rm -rf "$dir"/.new.*
    [[ -d $dir ]] || mkdir -p "$dir"
    mkdir -m 0700 "\${staged[$dir]}"
  fi
  local new=\${staged[$dir]}/\${1##*/}
  IFS= read -r -N 10000000 content || true
  printf '%s' "$content" >"$new"
  [[ $2 == 0644 ]] || by_mode[$2]+=" $new"
  placed+=("$new")
}
place() {
  local dir mode
  shopt -s dotglob
  for mode in "\${!by_mode[@]}"; do
    chmod "$mode" \${by_mode[$mode]}
  done
  sync "\${placed[@]}"
  for dir in "\${!staged[@]}"; do
    mv -f -t "$dir" "\${staged[$dir]}"/*
    rmdir "\${staged[$dir]}"
  done
}
`;

/**
 * Renders a bash script that puts `files` on the node atomically and then runs `command`.
 *
 * Like {@link renderMain}, it does nothing at all when it arrives incomplete.
 *
 * @param frame what puts the files in place; another one only to compare with what an older release wrote.
 * @throws Error when a path or mode is not plain, a path comes twice, or a content holds the end marker.
 */
export function renderNodeBundle(files: readonly NodeFile[], command: string, frame = FRAME): string {
  const twice = files.find(({ path }, i) => files.findIndex((file) => file.path === path) < i)?.path;
  if (twice !== undefined) throw new Error(`node file ${twice}: it comes twice`);
  return `${frame}${renderMain([...files.flatMap(renderFile), ...(files.length > 0 ? ["place"] : []), command])}`;
}

/** A command with a text on its stdin: in no argument, for the list of processes shows those. */
export function withStdin(text: string | undefined, command: string): string {
  return text === undefined ? command : `${command} <<'${END}'\n${text}${END}`;
}

/**
 * The end of a script that is fed to `bash -s`: everything is in a function that the last line calls, so
 * that a script that arrives incomplete does nothing.
 */
export function renderMain(lines: readonly string[]): string {
  return ["main() {", ...lines, "}", "main </dev/null", ""].join("\n");
}

function renderFile({ path, mode, content }: NodeFile): string[] {
  if (!/^(\/[\w.@-]+)+$/.test(path)) throw new Error(`node file: got the path ${JSON.stringify(path)}`);
  if (!/^0[0-7]{3}$/.test(mode)) throw new Error(`node file ${path}: got the mode ${JSON.stringify(mode)}`);
  if (content.includes(END)) throw new Error(`node file ${path}: it contains the end marker ${END}`);
  const lines = content === "" ? [] : [content.replace(/\n$/, "")];
  return [`put ${path} ${mode} <<'${END}'`, ...lines, END];
}

/**
 * Files and command of a script that {@link renderNodeBundle} wrote, and what is before them, which other releases of
 * this program write otherwise. @throws Error when it is not one.
 */
export function parseNodeBundle(text: string): { frame: string; files: NodeFile[]; command: string } {
  const main = /^main\(\) \{\n(.*)^\}\nmain <\/dev\/null$/ms.exec(text);
  if (!main) throw new Error("node bundle: it has no function main");
  const [, body = ""] = main;
  const put = new RegExp(`^put (\\S+) (\\d+) <<'${END}'\\n(.*?)^${END}\\n`, "gms");
  const files = [...body.matchAll(put)].map(([, path = "", mode = "", content = ""]) => ({
    path,
    mode,
    content,
  }));
  return {
    frame: text.slice(0, main.index),
    files,
    command: body
      .replace(put, "")
      .replace(/^place\n/, "")
      .trimEnd(),
  };
}
