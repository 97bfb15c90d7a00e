import { readFileSync } from "node:fs";
import { runGuard } from "./cli";
import { write } from "./write";

process.exitCode = run();

function run(): 0 | 1 | 2 {
  try {
    return runGuard(process.argv.slice(2), {
      read: (file) => readFileSync(file === "-" ? 0 : file, "utf8"),
      out: (text) => write(1, text),
      err: (text) => write(2, text),
    });
  } catch (error) {
    // Never taken for safe or unsafe: a file that cannot be read, or a defect of the guard.
    const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected error";
    write(2, `etcd preview guard: ${code}; nothing was judged\n`);
    return 2;
  }
}
