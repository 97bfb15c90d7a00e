import type * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { Settings } from "../core/settings";

/** A certificate's key. The provider's own default curve, P224, is one that Go's TLS does not take. */
export function createKey(
  name: string,
  algorithm: Settings["certKeyAlgorithm"],
  parent: pulumi.Resource,
  ignoreChanges: string[] = [],
): PrivateKey {
  const args = algorithm === "RSA" ? { algorithm, rsaBits: 2048 } : { algorithm, ecdsaCurve: "P256" };
  return new PrivateKey(name, args, { parent, ignoreChanges });
}

/** An SSH key: ED25519, for the deploy user and for the hosts. */
export function createSshKey(name: string, parent: pulumi.Resource): PrivateKey {
  return new PrivateKey(name, { algorithm: "ED25519" }, { parent });
}
