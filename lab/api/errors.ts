/** What only some errors have. */
interface ErrorDetails {
  /** IAM's canonical code, such as `NOT_FOUND`; compute answers none. */
  readonly status?: string;
  /** The request header that a precondition stands for. */
  readonly header?: string;
  /** Further messages of the same reason. */
  readonly others?: readonly string[];
  /** IAM's own. */
  readonly details?: readonly unknown[];
}

/** An error as Google's APIs answer it. */
export class ApiError extends Error {
  constructor(
    /** HTTP status. */
    readonly code: number,
    /** Google's word for it, such as `notFound`. */
    readonly reason: string,
    message: string,
    private readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  body(): unknown {
    const { code, message, reason } = this;
    const { status, header, others = [], details } = this.details;
    const location = header ? { location: header, locationType: "header" } : {};
    return {
      error: {
        code,
        message,
        errors: [message, ...others].map((text) => ({
          message: text,
          domain: "global",
          reason,
          ...location,
        })),
        ...(status ? { status } : {}),
        ...(details ? { details } : {}),
      },
    };
  }
}

export function notFound(path: string): ApiError {
  return new ApiError(404, "notFound", `The resource '${path}' was not found`);
}

export function alreadyExists(path: string): ApiError {
  return new ApiError(409, "alreadyExists", `The resource '${path}' already exists`);
}

/** While an operation on it is running. */
export function notReady(path: string): ApiError {
  return new ApiError(400, "resourceNotReady", `The resource '${path}' is not ready`);
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

/** The 412 of a stale fingerprint; its words depend on what the fingerprint is of. */
export function conditionNotMet(field: FingerprintField): ApiError {
  return new ApiError(412, "conditionNotMet", STALE[field], { header: "If-Match" });
}

/** What has a fingerprint of its own. */
export type FingerprintField = keyof typeof STALE;

const STALE = {
  label: "Labels fingerprint either invalid or resource labels have changed",
  metadata: "Supplied fingerprint does not match current metadata fingerprint.",
  tags: "Supplied fingerprint does not match current tags fingerprint.",
  resource: "Invalid fingerprint.",
};

/** `projects/p/zones/z/disks/d` is a `disk`. */
function kindOf(path: string): string {
  return (path.split("/").at(-2) ?? "resource").replace(/(?<=s)es$|s$/, "");
}
