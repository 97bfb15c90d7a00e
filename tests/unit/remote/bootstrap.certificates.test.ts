import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { setCluster } from "./harness/cluster";
import { ETCD_ENV, type TestNode } from "./harness/node";
import { bootstrap, converge, expectFailure, expectSuccess, installedNode, OTHERS } from "./harness/phases";
import { type Authority, type Certificates, makeAuthority } from "./harness/pki";

const WRITABLE = ["/etc", "/var", "/run", "/tmp", "/opt", "/mnt", "/usr/local"];

let authority: Authority;
let certificates: Certificates;
let node: TestNode;

beforeAll(() => {
  authority = makeAuthority();
  certificates = authority.issue();
});

beforeEach(() => {
  node = installedNode();
});

describe("certificates", () => {
  const staged = () => node.list("/etc/etcd/pki").filter((name) => name !== "declared" && name !== "current");

  test("are root's and etcd's alone to read", () => {
    expectSuccess(bootstrap(node, certificates));
    expect(node.permissions("/etc/etcd/pki/declared")).toBe("0750 root:etcd");
    for (const file of ["ca.pem", "kubernetes.pem", "kubernetes-key.pem"]) {
      expect(node.permissions(`/etc/etcd/pki/declared/${file}`)).toBe("0640 root:etcd");
    }
    expect(node.read("/etc/etcd/pki/declared/kubernetes-key.pem")).toBe(certificates.key);
  });

  test("have the seed's names, as links into one directory that is switched as a whole", () => {
    expectSuccess(bootstrap(node, certificates));
    for (const file of ["ca.pem", "kubernetes.pem", "kubernetes-key.pem"]) {
      expect(node.link(`/etc/etcd/${file}`)).toBe(`pki/current/${file}`);
    }
    expect(staged()).toEqual([node.link("/etc/etcd/pki/current")]);
  });

  test("that have not changed leave one directory behind, changed ones a second", () => {
    expectSuccess(bootstrap(node, certificates));
    expectSuccess(bootstrap(node, certificates));
    expect(staged()).toHaveLength(1);
    expectSuccess(bootstrap(node, authority.issue()));
    expect(staged()).toHaveLength(2);
  });

  test("that were changed by hand are put back, with their modes", () => {
    expectSuccess(bootstrap(node, certificates));
    node.write("/etc/etcd/pki/declared/kubernetes-key.pem", "no key\n");
    chmodSync(node.at(`/etc/etcd/pki/${node.link("/etc/etcd/pki/declared")}`), 0o755);
    chmodSync(node.at("/etc/etcd/pki/declared/ca.pem"), 0o644);
    expectSuccess(bootstrap(node, certificates));
    expect(node.read("/etc/etcd/pki/declared/kubernetes-key.pem")).toBe(certificates.key);
    expect(node.permissions("/etc/etcd/pki/declared/ca.pem")).toBe("0640 root:etcd");
    expect(node.permissions("/etc/etcd/pki/declared")).toBe("0750 root:etcd");
    expect(node.list("/etc/etcd/pki").filter((name) => name.startsWith("."))).toEqual([]);
    expect(staged()).toHaveLength(1);
  });

  test("reach no argv of any command, no output and no file but their own", () => {
    const secretLines = certificates.key.split("\n").filter((line) => line && !line.startsWith("-----"));
    const found = bootstrap(node, certificates, {}, [], { spyOnAll: true });
    expectSuccess(found);
    setCluster(node);
    // A restart as well: every path of the phases that handles the key.
    node.declare(`${ETCD_ENV}ETCD_PRE_VOTE=true\n`);
    const restarted = converge(node, {}, OTHERS, { spyOnAll: true });
    expectSuccess(restarted);
    expect(node.calls(/^(openssl|mktemp|chown|mv|sha256sum) /).length).toBeGreaterThan(10);
    const seen = [found, restarted]
      .flatMap(({ stdout, stderr }) => [stdout, stderr])
      .concat(node.calls())
      .join("\n");
    expect(secretLines.length).toBeGreaterThan(1);
    for (const line of secretLines) {
      expect(seen).not.toContain(line);
      const holders = node.run(["grep", "-rlF", "-e", line, ...WRITABLE]);
      expect(holders.stdout.trim()).toMatch(/^\/etc\/etcd\/pki\/[0-9a-f]{16}\/kubernetes-key\.pem$/);
    }
  });

  describe("are refused, and none is left behind,", () => {
    afterEach(() => {
      expect(node.list("/etc/etcd/pki")).toEqual([]);
      expect(node.calls(/^etcd /)).toEqual([]);
    });

    test("when the key is another certificate's", () => {
      const mixed = { ...certificates, key: authority.issue().key };
      expectFailure(bootstrap(node, mixed), "kubernetes-key.pem is not the key of kubernetes.pem");
    });

    test("when the CA has not signed the certificate", () => {
      const mixed = { ...certificates, ca: makeAuthority("Other").ca };
      expectFailure(
        bootstrap(node, mixed),
        "ERROR CERTIFICATE_NOT_VALID: kubernetes.pem is not signed by a CA in ca.pem; renew it",
      );
    });

    test("when they have expired by this controller's clock, with both times", () => {
      expectFailure(
        bootstrap(node, authority.issueExpired()),
        /ERROR CERTIFICATE_NOT_VALID: the certificates have expired: this controller's clock says .+ \d{4}, and one was valid until .+ \d{4}\. /,
      );
    });

    test("when a CA has signed it that the image trusts, and not this cluster", () => {
      const input = certificates.ca;
      const hash = execFileSync("openssl", ["x509", "-noout", "-subject_hash"], { input, encoding: "utf8" });
      node.write(`/etc/ssl/certs/${hash.trim()}.0`, input);
      const mixed = { ...certificates, ca: makeAuthority("Other").ca };
      expectFailure(bootstrap(node, mixed), "is not signed by a CA in ca.pem");
    });

    test("when the certificate is none", () => {
      const broken = { ...certificates, cert: "-----BEGIN CERTIFICATE-----\n" };
      expectFailure(bootstrap(node, broken), "kubernetes.pem is not a certificate");
    });

    test("when one did not arrive", () => {
      const cut = { ...certificates, key: "" };
      expectFailure(
        bootstrap(node, cut),
        "kubernetes-key.pem did not arrive on stdin; run 'pulumi up' again",
      );
    });

    test("when there is one too many", () => {
      const added = { ...certificates, key: `${certificates.key}=== ../../passwd\nx\n` };
      expectFailure(bootstrap(node, added), "unknown certificate file ../../passwd");
    });
  });
});
