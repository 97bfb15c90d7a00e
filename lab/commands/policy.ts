import { CONSTRAINTS } from "../api/conditions/policies";
import type { Command } from "./command";
import { changeConditions, readConditions } from "./shared/conditions";
import { UsageError } from "./shared/labError";

/** Organisation policies. */
export const policy: Command = {
  name: "policy",
  usage: "[deny|allow CONSTRAINT]",
  summary: "put an organisation policy in force, or list them",
  async run([verb, given, ...more]) {
    const { constraints } = await readConditions();
    if (verb === undefined) {
      for (const name of CONSTRAINTS)
        console.log(`${name}: ${constraints.includes(name) ? "denied" : "allowed"}`);
      return 0;
    }
    const constraint = CONSTRAINTS.find((name) => name === given?.replace(/^constraints\//, ""));
    if (!["deny", "allow"].includes(verb) || !constraint || more.length > 0) {
      throw new UsageError(
        `policy ${[verb, given, ...more].join(" ").trim()}: use one of ${CONSTRAINTS.join(", ")}`,
      );
    }
    const others = constraints.filter((name) => name !== constraint);
    await changeConditions({ constraints: verb === "deny" ? [...others, constraint] : others });
    console.log(`${constraint}: ${verb === "deny" ? "denied" : "allowed"}`);
    return 0;
  },
};
