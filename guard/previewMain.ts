import { spawnSync } from "node:child_process";
import { runPreview } from "./previewCommand";
import { write } from "./write";

process.exitCode = runPreview(process.argv.slice(2), {
  pulumi: (args) => {
    const { stdout, error } = spawnSync("pulumi", args, {
      encoding: "utf8",
      stdio: ["inherit", "pipe", "inherit"],
      maxBuffer: 2 ** 30,
    });
    if (error && !("code" in error && error.code === "ENOENT")) throw error;
    return error ? undefined : stdout;
  },
  out: (text) => write(1, text),
  err: (text) => write(2, text),
  isColoured: process.stdout.isTTY === true && !process.env.NO_COLOR,
});
