/**
 * The scalar settings of a Pulumi stack file, `namespace:key: value` lines at the first level of `config:`.
 *
 * Nested values are left out: the lab only looks at scalars, and Pulumi itself reads the rest.
 */
export function parse(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^ {2,4}"?([\w-]+:[\w.-]+)"?: +(.+?)\s*$/.exec(line);
    if (match) settings.set(match[1] as string, (match[2] as string).replace(/^(["'])(.*)\1$/, "$2"));
  }
  return settings;
}
