import { CONDITIONS_URL, type Conditions } from "../../api/conditions/conditions";
import { API_URL, request } from "./api";
import { LabError } from "./labError";

/** What the lab's cloud is like now. @throws LabError when the API does not answer. */
export function readConditions(): Promise<Conditions> {
  return ask([]);
}

/** Changes some of the conditions and returns all. @throws LabError when the API does not answer. */
export function changeConditions(change: Partial<Conditions>): Promise<Conditions> {
  return ask(["-X", "PATCH", "-H", "Content-Type: application/json", "-d", JSON.stringify(change)]);
}

async function ask(flags: readonly string[]): Promise<Conditions> {
  const answer = await request(["-f", ...flags], API_URL + CONDITIONS_URL);
  if (answer === undefined) throw new LabError("the lab's API does not answer; see `lab logs`");
  return JSON.parse(answer) as Conditions;
}

/** The conditions that are not as usual, a line each. */
export function describeConditions({ latency, stockouts, constraints }: Conditions): string[] {
  return [
    ...(latency === "none" ? [] : [`operations take as long as on ${latency}`]),
    ...stockouts.map(({ zone, family }) => `no room in ${zone}${family ? ` for ${family}` : ""}`),
    ...constraints.map((constraint) => `${constraint} is in force`),
  ];
}
