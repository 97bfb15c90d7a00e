import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { readRemote } from "../../../components/nodeFiles";

const REMOTE = join(__dirname, "../../../remote");

/** As bash reads it: without comments, and in bash's own layout. */
const asRead = (input: string) => execa.sync("bash", ["--pretty-print"], { input }).stdout;

test.each(readdirSync(REMOTE).filter((file) => file.endsWith(".sh")))(
  "%s is sent without its comments, and is the same program on the same lines",
  (file) => {
    const [written, sent] = [readFileSync(join(REMOTE, file), "utf8"), readRemote(file)];
    expect(sent).not.toMatch(/^\s*# /m);
    expect(asRead(sent)).toBe(asRead(written));
    expect(sent.split("\n")).toHaveLength(written.split("\n").length);
  },
);
