import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../schema/types";
import { GoogleApiError } from "./errors";

/** Answers that the official provider tries again until the operation's time is up. */
const RETRIED = new Set([429, 500, 502, 503]);
const LONGEST_PAUSE_MS = 10_000;

/** Speaks JSON to one API endpoint. */
export class RestClient {
  /** @param endpoint ends in a slash */
  constructor(
    private readonly endpoint: string,
    private readonly accessToken: string,
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
    for (let [pause, last] = [500, 0]; ; [pause, last] = [Math.min(pause + last, LONGEST_PAUSE_MS), pause]) {
      const answer = await this.once(method, url, body, signal);
      if (!RETRIED.has(answer.status)) return read(answer);
      const refusal = new GoogleApiError(answer.status, await answer.text());
      await sleep(pause, undefined, { signal }).catch(() => {
        throw refusal;
      });
    }
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
        signal,
        headers: {
          authorization: `Bearer ${this.accessToken}`,
          "content-type": "application/json",
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

type Query = Record<string, string>;

async function read(answer: Response): Promise<JsonObject> {
  const text = await answer.text();
  if (!answer.ok) throw new GoogleApiError(answer.status, text);
  return (text === "" ? {} : JSON.parse(text)) as JsonObject;
}
