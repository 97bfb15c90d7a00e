import { checkPlace } from "../api/places";
import type { Command } from "./command";
import { changeConditions, describeConditions, readConditions } from "./shared/conditions";
import { UsageError } from "./shared/labError";

/** A command that says of a zone, or of a machine series in it, whether there is room. */
function roomIn(name: string, summary: string, hasRoom: boolean): Command {
  return {
    name,
    usage: "ZONE [FAMILY]",
    summary,
    async run([zone, family, ...more]) {
      if (!zone || more.length > 0) throw new UsageError("name one zone");
      try {
        checkPlace(`zones/${zone}`);
      } catch {
        throw new UsageError(`${name} ${zone}: the lab has no such zone`);
      }
      if (family && !/^[a-z]+\d+[a-z]*$/.test(family))
        throw new UsageError(`${name} ${zone} ${family}: name a machine series, such as e2`);
      // Without a family, room is made for all of them.
      const isMeant = (other: { zone: string; family?: string }) =>
        other.zone === zone && (other.family === family || (hasRoom && !family));
      const others = (await readConditions()).stockouts.filter((stockout) => !isMeant(stockout));
      const mine = { zone, ...(family ? { family } : {}) };
      const changed = await changeConditions({ stockouts: hasRoom ? others : [...others, mine] });
      console.log(describeConditions(changed).join("\n") || "everything is as usual");
      return 0;
    },
  };
}

/** No capacity, and its end. */
export const stockouts: readonly Command[] = [
  roomIn("stockout", "let a zone have no room for VMs; `restock` undoes it", false),
  roomIn("restock", "undo stockout", true),
];
