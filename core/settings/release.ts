import { hasPlainUser, knownSha256, OFFICIAL_DOWNLOAD_BASE_URL } from "../etcd/releases";
import { recommendedReleases, refuseVersion, SINGLE_MEMBER_OLDEST, writtenMinors } from "../etcd/upgrades";
import { isOlderThan, parseVersion } from "../etcd/version";
import type { Settings } from ".";
import { integer, type Report, text } from "./kinds";

const GIB = 1024 ** 3;

/** The etcd release and its options. */
export const RELEASE = {
  etcdVersion: text({
    default: "3.4.10",
    description: `etcd release, MAJOR.MINOR.PATCH of ${writtenMinors()}. The default is Kubernetes The Hard Way's, which has known holes; take ${recommendedReleases("or")}.`,
    effect: "upgrade",
    check: checkVersion,
  }),
  etcdDownloadBaseUrl: text({
    default: OFFICIAL_DOWNLOAD_BASE_URL,
    description:
      "Where the controllers download the release from; a mirror keeps the official layout below it. User info in it, `https://USER:PASSWORD@…`, is kept secret.",
    effect: "phases",
    check: (url, report) => {
      // The user info before the last @ is a secret, also in a refusal.
      const shown = url.replace(/^.*@/s, "…@");
      if (!/^https?:\/\/[^\s/?#]+[^\s?#]*$/.test(url))
        report(shown, "write an http or https URL without a query");
      else if (!hasPlainUser(url))
        report(
          shown,
          "write user info as USER:PASSWORD, printable, with odd characters as %XX, such as %40 for @",
        );
    },
  }),
  etcdSha256: text({
    default: "",
    description: "sha256 of the release tarball, for a version or a build whose checksum is not known.",
    effect: "build",
    like: [/^([0-9a-f]{64})?$/, "write the tarball's sha256 as 64 lower-case hex digits"],
  }),
  quotaBackendBytes: integer({
    default: 2 * GIB,
    description: "etcd's database quota in bytes, 64 MiB to 8 GiB.",
    effect: "restart",
    range: [64 * 1024 ** 2, 8 * GIB],
    check: (quota, report, { dataDiskSizeGb }) => {
      const needed = diskFor(quota, 2);
      if (dataDiskSizeGb < needed)
        report(
          quota,
          `a database of that size, one snapshot and the log need ${needed} GB; raise dataDiskSizeGb, which is ${dataDiskSizeGb}`,
        );
    },
  }),
};

/** The data disk in GB that holds so many copies of a full database, and etcd's log. */
export function diskFor(quotaBackendBytes: number, copies: number): number {
  return Math.ceil((copies * quotaBackendBytes) / GIB) + 1;
}

function checkVersion(etcdVersion: string, report: Report, all: Settings): void {
  const fix = refuseVersion(etcdVersion);
  const version = parseVersion(etcdVersion);
  if (fix || !version) {
    report(etcdVersion, fix ?? "");
    return;
  }
  if (all.controllerCount === 1 && isOlderThan(version, SINGLE_MEMBER_OLDEST)) {
    const why = `a single member can lose acknowledged writes below ${SINGLE_MEMBER_OLDEST} (etcd #14370)`;
    report(etcdVersion, `${why}; use ${SINGLE_MEMBER_OLDEST} or later, or controllerCount 3`);
  }
  if (all.etcdSha256 === "" && knownSha256(etcdVersion, all.architecture) === undefined) {
    const add = `run 'npm run releases -- add ${etcdVersion}' and commit the table`;
    report(etcdVersion, `its checksum is not known; ${add}, or set etcdSha256`);
  }
}
