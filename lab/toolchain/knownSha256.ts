import { type Architecture, knownSha256 } from "../../core/etcd/releases";

// For the shell: prints the checksum that the program knows of an official release, else fails.
const [version = "", architecture = ""] = process.argv.slice(2);
const sum = knownSha256(version, architecture as Architecture);
if (sum === undefined) process.exitCode = 1;
else process.stdout.write(`${sum}\n`);
