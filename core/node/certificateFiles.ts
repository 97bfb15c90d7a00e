/**
 * What a phase that places certificates gets on stdin: what the phase before has printed, then each file after a
 * line `=== NAME`.
 *
 * @throws Error when what the phase has printed could pass for a file.
 */
export function renderCertificateFiles(before: string, files: Readonly<Record<string, string>>): string {
  // A node's own words: they must not pass for a file.
  if (before.length > 4096 || /^=== /m.test(before.replaceAll("\r", "\n")))
    throw new Error("the phase before has printed something else than its run; look at that node");
  const parts = [before, ...Object.entries(files).map(([name, content]) => `=== ${name}\n${content}`)];
  return parts.map((part) => (part.endsWith("\n") ? part : `${part}\n`)).join("");
}

/** The files of a text that {@link renderCertificateFiles} wrote, content by name; text before the first one is ignored. */
export function parseCertificateFiles(stdin: string): Readonly<Record<string, string>> {
  const [, ...parts] = stdin.split(/^=== (\S+)\n/m);
  return Object.fromEntries(
    parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""]] : [])),
  );
}
