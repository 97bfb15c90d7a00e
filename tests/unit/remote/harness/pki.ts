import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `bootstrap` gets on stdin. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A CA of its own; each call of `issue` signs a new leaf, `issueExpired` one that ended yesterday. */
export interface Authority {
  readonly ca: string;
  issue(commonName?: string): Certificates;
  issueExpired(): Certificates;
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes a CA by openssl in a temporary directory that does not outlive the call. */
export function makeAuthority(commonName = "Kubernetes"): Authority {
  const [ca, caKey] = inScratch(({ openssl, read }) => {
    openssl(
      "req",
      "-x509",
      ...CURVE,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "2",
      "-subj",
      `/CN=${commonName}/OU=CA`,
    );
    return [read("ca.pem"), read("ca.key")] as const;
  });
  const issue = (days: number, name = "kubernetes") =>
    inScratch(({ openssl, read, write }) => {
      write("ca.pem", ca);
      write("ca.key", caKey);
      // Without the CA's OU: openssl compares names regardless of case and would see a self-signed leaf.
      // As the program's leaves: CAs of several generations have one name, and only this tells them apart.
      write("leaf.ext", "authorityKeyIdentifier=keyid\n");
      openssl(
        "req",
        ...CURVE,
        "-keyout",
        "leaf.key",
        "-out",
        "leaf.csr",
        "-subj",
        `/O=Kubernetes/CN=${name}`,
      );
      openssl(
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        "leaf.ext",
        "-days",
        String(days),
        "-out",
        "leaf.pem",
      );
      return { ca, cert: read("leaf.pem"), key: read("leaf.key") };
    });
  return { ca, issue: (name) => issue(1, name), issueExpired: () => issue(-1) };
}

/** The text that the program sends to `bootstrap`. */
export function certificatesOnStdin({ ca, cert, key }: Certificates): string {
  return `=== ca.pem\n${ca}=== kubernetes.pem\n${cert}=== kubernetes-key.pem\n${key}`;
}

interface Scratch {
  openssl(...args: string[]): void;
  read(name: string): string;
  write(name: string, content: string): void;
}

function inScratch<T>(work: (scratch: Scratch) => T): T {
  const dir = mkdtempSync(join(tmpdir(), "pki-"));
  try {
    return work({
      openssl: (...args) => {
        execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
      },
      read: (name) => readFileSync(join(dir, name), "utf8"),
      write: (name, content) => writeFileSync(join(dir, name), content),
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}
