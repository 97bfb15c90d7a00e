import * as pulumi from "@pulumi/pulumi";
import { knownSha256, partUser, type Release, releaseUrl } from "../core/etcd/releases";
import type { Settings } from "../core/settings";

/** The release that is declared, and where it comes from. @throws ResourceError when its checksum is not known. */
export function releaseOf(settings: Settings, resource: pulumi.Resource): Release {
  const { etcdVersion, architecture, etcdDownloadBaseUrl, etcdSha256 } = settings;
  const sha256 = etcdSha256 || knownSha256(etcdVersion, architecture);
  if (!sha256) throw new pulumi.ResourceError(`no checksum of etcd ${etcdVersion}; set etcdSha256`, resource);
  const { baseUrl, ...secret } = partUser(etcdDownloadBaseUrl);
  const url = releaseUrl(baseUrl, etcdVersion, architecture);
  return { version: etcdVersion, architecture, url, sha256, ...secret };
}
