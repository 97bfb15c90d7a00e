import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { actions } from "./harness/actions";
import { SEED } from "./harness/cluster";
import type { TestNode } from "./harness/node";
import {
  bootstrap,
  converge,
  expectFailure,
  expectSuccess,
  installedNode,
  runningNode,
} from "./harness/phases";
import type { Certificates } from "./harness/pki";

// Certificates that are not valid yet, or not any more, by the node's clock.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_S = 86_400;
const crypto = webcrypto as unknown as Crypto;

/** From and until, in seconds from now. */
type Span = readonly [from: number, until: number];
const LONG: Span = [-DAY_S, DAY_S];
const ENDED: Span = [-2 * DAY_S, -DAY_S];

const keyPair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
const at = (seconds: number) => new Date(Date.now() + seconds * 1000);

/** A CA whose certificate can be recreated, as the tls provider does: the same key and name, another time. */
class Authority {
  private constructor(private readonly keys: Awaited<ReturnType<typeof keyPair>>) {}

  static async make(): Promise<Authority> {
    return new Authority(await keyPair());
  }

  ca(span: Span): Promise<string> {
    return this.sign("CN=Kubernetes, OU=CA", this.keys, span, [new x509.BasicConstraintsExtension(true)]);
  }

  async leaf(span: Span, ...bundle: string[]): Promise<Certificates> {
    const keys = await keyPair();
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      ca: bundle.join(""),
      cert: await this.sign("CN=kubernetes", keys, span, []),
      key: `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
    };
  }

  private async sign(
    subject: string,
    keys: typeof this.keys,
    [from, until]: Span,
    extensions: x509.Extension[],
  ): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create(
      {
        subject,
        issuer: "CN=Kubernetes, OU=CA",
        notBefore: at(from),
        notAfter: at(until),
        publicKey: keys.publicKey as CryptoKey,
        signingKey: this.keys.privateKey as CryptoKey,
        signingAlgorithm: ALGORITHM,
        extensions,
      },
      crypto,
    );
    return `${certificate.toString("pem")}\n`;
  }
}

let first: Authority;
let second: Authority;

beforeAll(async () => {
  first = await Authority.make();
  second = await Authority.make();
});

describe("a node's clock behind the engine's", () => {
  test("by seconds is waited for", async () => {
    const node = installedNode();
    node.write("/fake/meanwhile", "/usr/bin/sleep 5\n");
    const run = bootstrap(node, await first.leaf([3, DAY_S], await first.ca([3, DAY_S])));
    expectSuccess(run);
    expect(run.stderr).toContain("not valid yet by this controller's clock, ");
  });

  test("by minutes is named, with both times", async () => {
    const node = installedNode();
    expectFailure(
      bootstrap(node, await first.leaf([600, DAY_S], await first.ca(LONG))),
      /this controller's clock says .* UTC .*, and they are valid from .* UTC /,
    );
    expect(actions(node)).toEqual([]);
  });
});

describe("an expired leaf", () => {
  /** This member's leaf has expired, by a hand or by time. */
  async function nodeWithEndedLeaf(ca: string): Promise<TestNode> {
    const node = runningNode(await first.leaf(LONG, ca));
    node.write("/etc/etcd/pki/current/kubernetes.pem", (await first.leaf(ENDED, ca)).cert);
    return node;
  }

  test("is replaced together with a changed bundle: the leaf at once, the bundle in its turn", async () => {
    const [one, two] = [await first.ca(LONG), await second.ca(LONG)];
    const node = await nodeWithEndedLeaf(one);
    const declared = await first.leaf(LONG, one, two);
    expectSuccess(bootstrap(node, declared));
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(declared.cert);
    expect(node.read("/etc/etcd/kubernetes-key.pem")).toBe(declared.key);
    expect(node.read("/etc/etcd/ca.pem")).toBe(one);
    expect(node.permissions("/etc/etcd/kubernetes-key.pem")).toBe("0640 root:etcd");
    expect(actions(node)).toEqual([]);
    expectSuccess(converge(node));
    expect(node.read("/etc/etcd/ca.pem")).toBe(one + two);
    expect(actions(node)).toEqual(["restart etcd", "etcd existing"]);
  });

  test("is not replaced by one of a CA that this member does not trust", async () => {
    const node = await nodeWithEndedLeaf(await first.ca(LONG));
    const served = node.read("/etc/etcd/kubernetes.pem");
    expectSuccess(bootstrap(node, await second.leaf(LONG, await second.ca(LONG))));
    expect(node.read("/etc/etcd/kubernetes.pem")).toBe(served);
    expect(actions(node)).toEqual([]);
  });
});

test("a CA that has expired makes way for the declared one on every member at once", async () => {
  const node = runningNode(await first.leaf(LONG, await first.ca(LONG)));
  const ended = await first.ca(ENDED);
  node.write("/etc/etcd/pki/current/ca.pem", ended);
  for (const { ip } of SEED) node.write(`/fake/cluster/trusts@${ip}`, ended);
  const declared = await first.leaf(LONG, await first.ca(LONG));
  expectSuccess(bootstrap(node, declared));
  expect(node.read("/etc/etcd/ca.pem")).toBe(declared.ca);
  expect(actions(node)).toEqual(["restart --no-block etcd", "etcd existing"]);
});
