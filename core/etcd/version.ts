/** An etcd version, as in `3.4.10`. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Parses `MAJOR.MINOR.PATCH`, with or without a leading `v`; `undefined` for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/.exec(text);
  if (!match) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** `3.4.10`, without a leading `v`. */
export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** True when `version` is older than the version written in `floor`, for example `3.4.21`. */
export function isOlderThan(version: Version, floor: string): boolean {
  const parsed = parseVersion(floor);
  if (!parsed) throw new Error(`isOlderThan: "${floor}" is not a version`);
  return compareVersions(version, parsed) < 0;
}
