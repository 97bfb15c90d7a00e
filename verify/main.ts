import { runVerify } from "./cli";
import { exportStack } from "./exportStack";
import { observe } from "./observe";

runVerify(process.argv.slice(2), {
  exportStack,
  observe,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`etcd verify: ${error.message}\n`);
    process.exitCode = 2;
  },
);
