/** An answer of the API that is an error; reads as Google's Go client prints it. */
export class GoogleApiError extends Error {
  constructor(
    readonly status: number,
    body: string,
  ) {
    super(describe(status, body));
    this.name = "GoogleApiError";
  }
}

/** True when the resource that was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof GoogleApiError && error.status === 404;
}

interface ErrorBody {
  error?: { message?: string; errors?: { reason?: string; message?: string }[] };
}

function describe(status: number, body: string): string {
  const error = parse(body).error;
  if (!error?.message) return `googleapi: got HTTP response code ${status} with body: ${body}`;
  const head = `googleapi: Error ${status}: ${error.message}`;
  const [first, ...others] = error.errors ?? [];
  if (!first) return head;
  if (others.length === 0 && first.message === error.message) return `${head}, ${first.reason}`;
  const details = [first, ...others].map((e) => `Reason: ${e.reason}, Message: ${e.message}\n`);
  return `${head}\nMore details:\n${details.join("")}`;
}

function parse(body: string): ErrorBody {
  try {
    return JSON.parse(body) as ErrorBody;
  } catch {
    return {};
  }
}
