import checksums from "./checksums.json";

/** CPU architectures that etcd publishes Linux releases for and GCE has machine types for. */
export type Architecture = "amd64" | "arm64";

/** Where the official etcd releases are downloaded from. */
export const OFFICIAL_DOWNLOAD_BASE_URL = "https://github.com/etcd-io/etcd/releases/download";

/**
 * sha256 of the official `etcd-vX.Y.Z-linux-ARCH.tar.gz`, from each release's SHA256SUMS file.
 * `npm run releases -- add VERSION` adds one; without it a version needs the setting `etcdSha256`.
 */
const SHA256: Readonly<Record<string, Readonly<Record<Architecture, string>>>> = checksums;

/** The versions whose checksums are known, oldest first. */
export const KNOWN_VERSIONS: readonly string[] = Object.keys(SHA256);

/** The known sha256 of a release tarball, in lower-case hex, or `undefined`. */
export function knownSha256(version: string, architecture: Architecture): string | undefined {
  return Object.hasOwn(SHA256, version) ? SHA256[version]?.[architecture] : undefined;
}

/** One downloadable etcd release. */
export interface Release {
  /** For example `3.4.10`. */
  readonly version: string;
  readonly architecture: Architecture;
  /** Full URL of the tarball, without user info. */
  readonly url: string;
  /** Secret: the user info, as a line of curl's configuration. */
  readonly curlConfig?: string;
  /** Lower-case hex, 64 characters. */
  readonly sha256: string;
}

/** The tarball of a release below `baseUrl`, in the layout of etcd's official downloads. */
export function releaseUrl(baseUrl: string, version: string, architecture: Architecture): string {
  return `${baseUrl.replace(/\/+$/, "")}/v${version}/etcd-v${version}-linux-${architecture}.tar.gz`;
}

/** A base URL's user info parted from it. */
export function partUser(baseUrl: string): { readonly baseUrl: string } & Pick<Release, "curlConfig"> {
  const [, scheme = "", user, rest = ""] = /^(\w+:\/\/)(?:([^/@]*)@)?(.*)$/.exec(baseUrl) ?? [];
  if (user === undefined) return { baseUrl };
  const quoted = decodeURIComponent(user).replace(/[\\"]/g, "\\$&");
  return { baseUrl: scheme + rest, curlConfig: `user = "${quoted}"\n` };
}

/** Whether the user info of a URL, if it has any, is characters that a line can hold. */
export function hasPlainUser(url: string): boolean {
  const user = /^\w+:\/\/(?:([^/@]*)@)?/.exec(url)?.[1] ?? "";
  try {
    return /^[\x20-\x7e]*$/.test(decodeURIComponent(user)) && !/@/.test(url.replace(/^\w+:\/\/[^/@]*@/, ""));
  } catch {
    return false;
  }
}
