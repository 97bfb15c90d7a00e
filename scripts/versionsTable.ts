import { readdirSync } from "node:fs";
import { join } from "node:path";
import { KNOWN_VERSIONS } from "../core/etcd/releases";
import { MINORS, refuseVersion, SINGLE_MEMBER_OLDEST } from "../core/etcd/upgrades";
import { parseVersion } from "../core/etcd/version";

/** What `lab/bin/lab build etcd` takes from Debian 12, for want of a Go module. */
const FROM_DEBIAN = "3.4.23";

/** The releases of each minor: how they are tested, which are refused, until when etcd's maintainers fix them. */
export function renderVersions(): string {
  const builds = readdirSync(join(__dirname, "../lab/toolchain")).flatMap(
    (name) => /^etcd-(\d.*)$/.exec(name)?.[1] ?? [],
  );
  const rows = Object.entries(MINORS).map(([minor, { oldest, problem, from, fixedUntil }]) => {
    const own = (version: string) => parseVersion(version)?.minor === Number(minor);
    const run = [
      ...builds.filter(own).map((version) => `${version}, built from its Go module`),
      ...[FROM_DEBIAN].filter(own).map((version) => `${version}, Debian's build`),
    ];
    const known = KNOWN_VERSIONS.filter((version) => own(version) && refuseVersion(version) === undefined);
    const sums = known.length > 0 ? `${known.length}, from ${known[0]} to ${known.at(-1)}` : "none yet";
    const refused = [
      oldest ? (problem ?? `below ${oldest}: not tried`) : "",
      own(SINGLE_MEMBER_OLDEST) ? `a single member below ${SINGLE_MEMBER_OLDEST}: it can lose writes` : "",
      from ? `an upgrade while a member is below ${from}` : "",
    ].filter((text) => text !== "");
    return `| 3.${minor} | ${run.join("; ")} | ${sums} | ${refused.join("; ")} | ${fixedUntil} |`;
  });
  return [
    "| minor | run in the lab's tests | official checksums known | refused | fixed by etcd's maintainers until |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
