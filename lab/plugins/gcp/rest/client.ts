import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../schema/types";
import { GoogleApiError } from "./errors";

/** Answers that are worth another try; 500 is not among them, since a retried create could collide. */
const RETRIED = new Set([429, 502, 503, 504]);
/** How long a change that was sent off may still take after a cancellation: its outcome must be known. */
const GRACE_MS = 15_000;
const RETRY_DELAYS_MS = [250, 500, 1000, 2000, 4000];

/** Speaks JSON to one API endpoint. */
export class RestClient {
  /** @param endpoint ends in a slash */
  constructor(
    private readonly endpoint: string,
    private readonly accessToken: string | undefined,
  ) {}

  get(path: string, signal: AbortSignal, query: Query = {}): Promise<JsonObject> {
    return this.send("GET", path, undefined, signal, query);
  }

  /** @throws GoogleApiError when the API refuses */
  async send(
    method: string,
    path: string,
    body: JsonObject | undefined,
    signal: AbortSignal,
    query: Query = {},
  ): Promise<JsonObject> {
    const parameters = new URLSearchParams({ alt: "json", ...query });
    const url = `${this.endpoint}${path}?${parameters}`;
    for (const delay of RETRY_DELAYS_MS) {
      const answer = await this.once(method, url, body, signal);
      if (!RETRIED.has(answer.status)) return read(answer);
      await answer.body?.cancel();
      await sleep(delay, undefined, { signal });
    }
    return read(await this.once(method, url, body, signal));
  }

  private async once(
    method: string,
    url: string,
    body: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        signal: method === "GET" ? signal : withGrace(signal),
        headers: {
          ...(this.accessToken === undefined ? {} : { authorization: `Bearer ${this.accessToken}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      const cause = (error as Error).cause;
      throw new Error(
        `${method} ${url}: ${cause instanceof Error ? cause.message : (error as Error).message}`,
      );
    }
  }
}

function withGrace(signal: AbortSignal): AbortSignal {
  signal.throwIfAborted();
  const patient = new AbortController();
  signal.addEventListener("abort", () => setTimeout(() => patient.abort(), GRACE_MS).unref(), { once: true });
  return patient.signal;
}

type Query = Record<string, string>;

async function read(answer: Response): Promise<JsonObject> {
  const text = await answer.text();
  if (!answer.ok) throw new GoogleApiError(answer.status, text);
  return (text === "" ? {} : JSON.parse(text)) as JsonObject;
}
