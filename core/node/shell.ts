/** Quotes a word for a POSIX shell; plain words stay as they are. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/**
 * A command with one option a line, so that a changed option is one changed line in a preview.
 *
 * @param options name to value, in order; an option reads `--name value`.
 */
export function shellCommand(program: string, options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(([name, value]) => `--${name} ${shellQuote(value)}`);
  return [program, ...lines].join(" \\\n  ");
}

/** The options of a text that {@link shellCommand} wrote, by name without the dashes. */
export function parseCommandOptions(text: string): Readonly<Record<string, string>> {
  const options = [...text.matchAll(/^[ \t]*--([a-z][a-z0-9-]*) ('(?:[^']|'\\'')*'|\S+)/gm)];
  return Object.fromEntries(options.map(([, name, word = ""]) => [name, unquote(word)]));
}

function unquote(word: string): string {
  return word.startsWith("'") ? word.slice(1, -1).replace(/'\\''/g, "'") : word;
}
