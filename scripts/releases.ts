import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OFFICIAL_DOWNLOAD_BASE_URL } from "../core/etcd/releases";
import { refuseVersion } from "../core/etcd/upgrades";
import { compareVersions, parseVersion, type Version } from "../core/etcd/version";

const FILE = join(__dirname, "../core/etcd/checksums.json");
const USAGE = "usage: npm run releases -- add VERSION [BASE-URL], such as: npm run releases -- add 3.6.14";

type Sums = Record<string, { readonly amd64: string; readonly arm64: string }>;

/**
 * Adds the checksums of a release to the table in `file`, from the release's own SHA256SUMS.
 *
 * @returns what was done.
 * @throws Error when the words, the version or what was downloaded is wrong; the table is as before then.
 */
export async function run(
  [command, version = "", baseUrl = OFFICIAL_DOWNLOAD_BASE_URL, ...more]: readonly string[],
  file = FILE,
): Promise<string> {
  if (command !== "add" || version === "" || more.length > 0) throw new Error(USAGE);
  const fix = refuseVersion(version);
  if (fix) throw new Error(`VERSION: got ${version}; ${fix}`);
  const url = `${baseUrl.replace(/\/+$/, "")}/v${version}/SHA256SUMS`;
  const sums = sumsIn(await download(url), version, url);
  const known = JSON.parse(readFileSync(file, "utf8")) as Sums;
  const before = known[version];
  if (before && (before.amd64 !== sums.amd64 || before.arm64 !== sums.arm64)) {
    throw new Error(
      `${url} and core/etcd/checksums.json differ: a release never changes, so do not use it before you know why`,
    );
  }
  writeFileSync(file, `${JSON.stringify(sorted({ ...known, [version]: sums }), undefined, 2)}\n`);
  return `etcd ${version}: ${before ? "known already" : "added to core/etcd/checksums.json"}`;
}

async function download(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    if (answer.ok) return await answer.text();
    throw new Error(`the answer is ${answer.status}`);
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(`${url}: ${cause instanceof Error ? cause.message : message}`);
  }
}

/** @throws Error unless each tarball has exactly one line. */
function sumsIn(text: string, version: string, url: string): Sums[string] {
  const sumOf = (architecture: string) => {
    const tarball = `etcd-v${version}-linux-${architecture}.tar.gz`;
    const lines = text
      .split(/\r?\n/)
      .flatMap((line) => /^([0-9a-f]{64}) [ *](\S+)$/.exec(line)?.slice(1) ?? [])
      .flatMap((word, index, words) => (words[index + 1] === tarball ? [word] : []));
    if (lines.length !== 1) throw new Error(`${url}: ${lines.length} checksums of ${tarball}, not one`);
    return lines[0] as string;
  };
  return { amd64: sumOf("amd64"), arm64: sumOf("arm64") };
}

function sorted(sums: Sums): Sums {
  const version = (text: string) => parseVersion(text) as Version;
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => compareVersions(version(a), version(b))));
}

if (require.main === module) {
  run(process.argv.slice(2)).then(console.log, (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
