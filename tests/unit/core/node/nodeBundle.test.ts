import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseNodeBundle, renderNodeBundle } from "../../../../core/node/nodeBundle";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "node-bundle-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const run = (script: string) => spawnSync("bash", ["-s"], { cwd: dir, input: script, encoding: "utf8" });

test("the script, in full", () => {
  const files = [
    { path: "/opt/a.sh", mode: "0755", content: "#!/bin/sh\necho\n" },
    { path: "/etc/empty", mode: "0644", content: "" },
  ];
  expect(renderNodeBundle(files, "run --x y")).toBe(`source <(cat); exit
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
main() {
put /opt/a.sh 0755 <<'__END_OF_NODE_FILE__'
#!/bin/sh
echo
__END_OF_NODE_FILE__
put /etc/empty 0644 <<'__END_OF_NODE_FILE__'
__END_OF_NODE_FILE__
place
run --x y
}
main </dev/null
`);
});

test("run by bash, it puts each file in place byte by byte, then runs the command", () => {
  const hostile = "$(touch pwned) `id` \\ ' \"\n\tEOF\n\n__END\n$1 $((1+1))\n}\n";
  const script = renderNodeBundle(
    [
      { path: `${dir}/deep/er/a.sh`, mode: "0750", content: hostile },
      { path: `${dir}/b`, mode: "0604", content: "no newline" },
      { path: `${dir}/empty`, mode: "0644", content: "" },
      { path: `${dir}/.dot`, mode: "0644", content: "." },
    ],
    `cat ${dir}/b; cat`,
  );
  const { status, stdout, stderr } = run(script);
  expect([status, stdout, stderr]).toEqual([0, "no newline\n", ""]);
  expect(readFileSync(join(dir, "deep/er/a.sh"), "utf8")).toBe(hostile);
  expect(readFileSync(join(dir, "empty"), "utf8")).toBe("");
  expect(
    ["deep/er/a.sh", "b", "empty"].map((f) => (statSync(join(dir, f)).mode & 0o777).toString(8)),
  ).toEqual(["750", "604", "644"]);
  expect(readdirSync(dir).sort()).toEqual([".dot", "b", "deep", "empty"]);
  expect(readdirSync(join(dir, "deep/er"))).toEqual(["a.sh"]);
});

test("what a run that was killed has left is cleared away", () => {
  mkdirSync(join(dir, ".new.killed"));
  writeFileSync(join(dir, ".new.killed/b"), "half");
  expect(run(renderNodeBundle([file], "true").replaceAll(file.path, `${dir}/x`)).status).toBe(0);
  expect(readdirSync(dir)).toEqual(["x"]);
});

test("it replaces a file by a rename: a reader of the old one keeps it", () => {
  writeFileSync(join(dir, "b"), "old");
  const before = statSync(join(dir, "b")).ino;
  expect(run(renderNodeBundle([{ path: `${dir}/b`, mode: "0644", content: "new\n" }], "true")).status).toBe(
    0,
  );
  expect(readFileSync(join(dir, "b"), "utf8")).toBe("new\n");
  expect(statSync(join(dir, "b")).ino).not.toBe(before);
});

test("a file that cannot be put ends it before the command, and the command's status is its own", () => {
  writeFileSync(join(dir, "file"), "");
  const blocked = renderNodeBundle(
    [{ path: `${dir}/file/below`, mode: "0644", content: "x" }],
    `touch ${dir}/ran`,
  );
  expect(run(blocked).status).not.toBe(0);
  expect(existsSync(join(dir, "ran"))).toBe(false);
  expect(run(renderNodeBundle([], "(exit 7)")).status).toBe(7);
});

test("cut off after any line but the last, it does nothing", () => {
  const files = [1, 2].map((n) => ({ path: `${dir}/f${n}`, mode: "0644", content: "a\nb\n" }));
  const lines = renderNodeBundle(files, `touch ${dir}/ran`).trimEnd().split("\n");
  expect(lines).toHaveLength(44);
  for (let kept = 0; kept < lines.length; kept++) {
    run(`${lines.slice(0, kept).join("\n")}\n`);
    expect([kept, readdirSync(dir)]).toEqual([kept, []]);
  }
  run(lines.join("\n"));
  expect(readdirSync(dir).sort()).toEqual(["f1", "f2", "ran"]);
});

const file = { path: "/etc/x", mode: "0644", content: "x\n" };

test.each([
  [{ ...file, path: "etc/x" }, 'node file: got the path "etc/x"'],
  [{ ...file, path: "/etc/a b" }, 'node file: got the path "/etc/a b"'],
  [{ ...file, path: "/etc/$(id)" }, 'node file: got the path "/etc/$(id)"'],
  [{ ...file, path: "/etc/x\n" }, 'node file: got the path "/etc/x\\n"'],
  [{ ...file, path: "/etc/" }, 'node file: got the path "/etc/"'],
  [{ ...file, path: "" }, 'node file: got the path ""'],
  [{ ...file, mode: "644" }, 'node file /etc/x: got the mode "644"'],
  [{ ...file, mode: "0849" }, 'node file /etc/x: got the mode "0849"'],
  [{ ...file, mode: "u+x" }, 'node file /etc/x: got the mode "u+x"'],
  [
    { ...file, content: "a\n__END_OF_NODE_FILE__\nrm -rf /\n" },
    "node file /etc/x: it contains the end marker __END_OF_NODE_FILE__",
  ],
  [{ ...file, path: "/etc/y" }, "node file /etc/y: it comes twice"],
])("%j is refused", (bad, message) => {
  expect(() => renderNodeBundle([{ ...file, path: "/etc/y" }, bad], "true")).toThrow(new Error(message));
});

test("files and command are read back as they were", () => {
  const files = [
    { path: "/opt/a.sh", mode: "0755", content: "#!/bin/sh\nput /x 0644 <<'EOF'\n}\nmain </dev/null\n" },
    { path: "/etc/empty", mode: "0644", content: "" },
    { path: "/etc/b", mode: "0600", content: "b\n" },
  ];
  const command = "sudo run \\\n  --x y";
  expect(parseNodeBundle(renderNodeBundle(files, command))).toEqual({
    frame: expect.stringMatching(/^source <\(cat\); exit\nset -euo pipefail\n.*\n}\n$/s),
    files,
    command,
  });
  const frame = "put() { cat >$1; }\nplace() { :; }\n";
  expect(parseNodeBundle(renderNodeBundle(files, command, frame))).toEqual({ frame, files, command });
  expect(() => parseNodeBundle("echo")).toThrow("it has no function main");
});
