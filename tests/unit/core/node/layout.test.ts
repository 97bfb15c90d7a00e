import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as layout from "../../../../core/node/layout";

const LIB = join(__dirname, "../../../../remote/lib.sh");

test.each([
  ["DECLARED", layout.DECLARED_DIR],
  ["ETC", layout.ETC_DIR],
  ["UNIT", layout.UNIT_PATH],
  ["RELEASES", layout.RELEASES_DIR],
  ["BIN", layout.BIN_DIR],
  ["DATA_DIR", layout.DATA_DIR],
  ["DISK_MOUNT", layout.DISK_MOUNT],
])("$%s of remote/lib.sh is %s", (name, path) => {
  const script = `NODE_ROOT= PHASE=test; source "$1"; printf %s "$${name}"`;
  expect(execFileSync("bash", ["-uc", script, "bash", LIB], { encoding: "utf8" })).toBe(path);
});
