import { readFileSync } from "node:fs";
import { runGuard } from "./cli";
import { write } from "./write";

process.exitCode = runGuard(process.argv.slice(2), {
  read: (file) => readFileSync(file === "-" ? 0 : file, "utf8"),
  out: (text) => write(1, text),
  err: (text) => write(2, text),
});
