/** An error as Google's APIs answer it. */
export class ApiError extends Error {
  constructor(
    /** HTTP status. */
    readonly code: number,
    /** Google's word for it, such as `notFound`. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  body(): unknown {
    const { code, message, reason } = this;
    return { error: { code, message, errors: [{ message, domain: "global", reason }] } };
  }
}

export function notFound(path: string): ApiError {
  return new ApiError(404, "notFound", `The resource '${path}' was not found`);
}

export function alreadyExists(path: string): ApiError {
  return new ApiError(409, "alreadyExists", `The resource '${path}' already exists`);
}

export function invalid(field: string, value: unknown, why: string): ApiError {
  return new ApiError(400, "invalid", `Invalid value for field '${field}': '${String(value)}'. ${why}`);
}

export function required(field: string): ApiError {
  return new ApiError(400, "required", `Required field '${field}' not specified`);
}

export function inUse(path: string, by: string): ApiError {
  return new ApiError(
    400,
    "resourceInUseByAnotherResource",
    `The ${kindOf(path)} resource '${path}' is already being used by '${by}'`,
  );
}

export function conditionNotMet(field: string): ApiError {
  return new ApiError(
    412,
    "conditionNotMet",
    `Supplied fingerprint does not match current ${field} fingerprint.`,
  );
}

/** `projects/p/zones/z/disks/d` is a `disk`. */
function kindOf(path: string): string {
  return (path.split("/").at(-2) ?? "resource").replace(/s$/, "");
}
