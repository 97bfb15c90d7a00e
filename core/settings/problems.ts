/** Everything that is wrong with a stack's settings, found in one pass. */
export class SettingsError extends Error {
  constructor(
    /** One line each: the setting, the value got, the fix. */
    readonly problems: readonly string[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      `${count} in the settings; nothing was changed:\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
    this.name = "SettingsError";
  }
}

/** In place of a value that may be a secret: what an unknown setting holds is not known. */
export const NOT_SHOWN = Symbol("a value that is not shown");

/** Collects problems instead of stopping at the first one. */
export class Problems {
  private readonly lines: string[] = [];

  /** Notes that `setting` has the unusable value `got`; `fix` says what to write instead. */
  add(setting: string, got: unknown, fix: string): void {
    this.lines.push(`${setting}: got ${show(got)}; ${fix}`);
  }

  throwIfAny(): void {
    if (this.lines.length > 0) throw new SettingsError(this.lines);
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === NOT_SHOWN) return "a value";
  const text = JSON.stringify(value);
  return text.includes("PRIVATE KEY-----") ? "a private key" : text;
}
