/**
 * The files that bootstrap gets on stdin, content by name: each follows a line `=== NAME`, and what stands before
 * the first is none.
 */
export function parseCertificateFiles(stdin: string): Readonly<Record<string, string>> {
  const [, ...parts] = stdin.split(/^=== (\S+)\n/m);
  return Object.fromEntries(
    parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""]] : [])),
  );
}
