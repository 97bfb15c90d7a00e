import { parseArgs } from "node:util";
import { readStackExport } from "../core/stackExport";
import { type DeclaredCluster, type DeclaredMember, declaredCluster } from "./declared";
import { type Answer, compare, renderText } from "./report";

/** What the command needs from outside; tests give their own. */
export interface VerifyIo {
  /** What `pulumi stack export --show-secrets` prints, of a stack or of the selected one. */
  readonly exportStack: (stack: string | undefined) => Promise<string>;
  readonly observe: (member: DeclaredMember) => Promise<Answer>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const USAGE = `usage: npm run --silent verify -- [options]

Compares the live cluster with what the last \`pulumi up\` declared. Changes nothing.

  -s, --stack STACK     default: the selected stack
  --format text|json    default text
  --expiry-days N       certificates that expire within N days also count as drift; default 0

exit code: 0 as declared, 1 drift, 2 nothing could be compared
`;

/** Runs the verification on command-line arguments and returns its exit code. */
export async function runVerify(args: readonly string[], io: VerifyIo): Promise<0 | 1 | 2> {
  let cluster: DeclaredCluster;
  let options: ReturnType<typeof readArguments>;
  try {
    options = readArguments(args);
    if (options.help) {
      io.out(USAGE);
      return 0;
    }
    cluster = declaredCluster(readStackExport(await io.exportStack(options.stack)));
  } catch (error) {
    io.err(`etcd verify: ${(error as Error).message}\n`);
    return 2;
  }
  const answers = await Promise.all(cluster.members.map(io.observe));
  const report = compare(cluster, answers, new Date(), options.expiryDays);
  io.out(
    options.format === "json" ? `${JSON.stringify(report, undefined, 2)}\n` : renderText(report, cluster),
  );
  return report.hasDrift ? 1 : 0;
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s" },
        format: { type: "string", default: "text" },
        "expiry-days": { type: "string", default: "0" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (!["text", "json"].includes(values.format))
      throw new Error(`--format: got ${values.format}; give text or json`);
    const expiryDays = Number(values["expiry-days"]);
    if (!Number.isInteger(expiryDays) || expiryDays < 0)
      throw new Error(`--expiry-days: got ${values["expiry-days"]}; give a whole number of days`);
    return { ...values, expiryDays };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${USAGE}`);
  }
}
