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
  return value === undefined ? "nothing" : JSON.stringify(value);
}
