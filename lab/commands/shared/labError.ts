/** A failure that the user can act on: printed as its message alone, without a stack trace. */
export class LabError extends Error {}

/** Wrong use of a command: printed with the command's usage. */
export class UsageError extends LabError {}
