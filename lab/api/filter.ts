import { ApiError } from "./errors";
import type { Resource } from "./store";

type Matches = (resource: Resource) => boolean;

const TOKEN = /\s*(?:([()])|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|<=|>=|[=<>:])|([^\s()=<>:!"']+))/y;
const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", ":", "eq", "ne"];

/**
 * The list parameter `filter`: comparisons such as `name = 'a'`, `labels.env:*` and `family eq debian-.*`,
 * joined by AND (also unsaid), OR and NOT.
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/list#body.QUERY_PARAMETERS.filter
 *
 * @throws 400 for an expression that is none.
 */
export function parseFilter(filter: string): Matches {
  const tokens = tokenize(filter);
  let next = 0;
  const peek = () => tokens[next];
  const bad = () =>
    new ApiError(
      400,
      "invalid",
      `Invalid value for field 'filter': '${filter}'. Invalid list filter expression.`,
    );
  const take = () => {
    const token = tokens[next++];
    if (token === undefined) throw bad();
    return token;
  };

  const comparison = (): Matches => {
    const [field, operator, value] = [take(), take(), take()];
    if (!OPERATORS.includes(operator)) throw bad();
    return (resource) => compares(fieldOf(resource, unquoted(field)), operator, unquoted(value));
  };
  const factor = (): Matches => {
    if (peek() === "NOT" || peek() === "-") {
      take();
      const inner = factor();
      return (resource) => !inner(resource);
    }
    if (peek() !== "(") return comparison();
    take();
    const inner = any();
    if (take() !== ")") throw bad();
    return inner;
  };
  const all = (): Matches => {
    let left = factor();
    while (peek() !== undefined && peek() !== ")" && peek() !== "OR") {
      if (peek() === "AND") take();
      const [before, right] = [left, factor()];
      left = (resource) => before(resource) && right(resource);
    }
    return left;
  };
  const any = (): Matches => {
    let left = all();
    while (peek() === "OR") {
      take();
      const [before, right] = [left, all()];
      left = (resource) => before(resource) || right(resource);
    }
    return left;
  };

  const matches = any();
  if (peek() !== undefined) throw bad();
  return matches;
}

function tokenize(filter: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(filter); match; match = TOKEN.exec(filter))
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? "");
  return tokens;
}

function unquoted(token: string): string {
  return /^["']/.test(token) ? token.slice(1, -1).replace(/\\(.)/g, "$1") : token;
}

function fieldOf(resource: Resource, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Resource | null | undefined)?.[name], resource);
}

function compares(actual: unknown, operator: string, value: string): boolean {
  // As for a list in Google's answer: one element that matches is enough.
  if (Array.isArray(actual)) return actual.some((element) => compares(element, operator, value));
  const text = actual === undefined || actual === null ? undefined : String(actual);
  switch (operator) {
    case "=":
      return text !== undefined && wildcard(value).test(text);
    case "!=":
      return text === undefined || !wildcard(value).test(text);
    case ":":
      return (
        text !== undefined &&
        (value === "*" || text.toLowerCase().includes(value.replace(/\*$/, "").toLowerCase()))
      );
    case "eq":
      return text !== undefined && new RegExp(`^(?:${value})$`).test(text);
    case "ne":
      return text === undefined || !new RegExp(`^(?:${value})$`).test(text);
    default:
      return text !== undefined && ordered(order(text, value), operator);
  }
}

function wildcard(value: string): RegExp {
  return new RegExp(`^${value.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}

function order(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return left < right ? -1 : left > right ? 1 : 0;
}

function ordered(difference: number, operator: string): boolean {
  if (operator === "<") return difference < 0;
  if (operator === "<=") return difference <= 0;
  return operator === ">" ? difference > 0 : difference >= 0;
}
