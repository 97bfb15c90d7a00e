const { execFileSync } = require("node:child_process");
const { join } = require("node:path");

const LAB = join(__dirname, "../../../lab/bin/lab");

/**
 * The releases that the tests upgrade to, put into the lab's mirror where they are not there yet, and for the soak
 * tests the hosts of Debian 13.
 */
module.exports = function getReleases(_globals, { displayName }) {
  const isSoak = displayName?.name === "soak";
  for (const version of ["3.4.23", "3.5.33", "3.6.14", ...(isSoak ? ["3.7.3"] : [])]) {
    process.stderr.write(`etcd ${version}: getting it into the mirror, unless it is there\n`);
    execFileSync(LAB, ["build", "etcd", version], { stdio: ["ignore", "ignore", "inherit"] });
  }
  if (isSoak) execFileSync(LAB, ["build", "image", "debian-13"], { stdio: ["ignore", "ignore", "inherit"] });
};
