import { must, run } from "../processes";

const sh = (script: string) => ["sh", "-c", script];
const MINUTE = { timeoutMs: 60_000 };

test("gives the exit status, what was printed, and each line of stdout as it comes", async () => {
  const seen: string[] = [];
  const onLine = (line: string, atMs: number) => {
    if (Date.now() - atMs < 60_000) seen.push(line);
  };
  const ran = await run(sh("echo one; echo two; echo three >&2; exit 3"), { ...MINUTE, onLine });
  expect([ran.status, ran.stdout, seen]).toEqual([3, "one\ntwo", ["one", "two"]]);
  expect(ran.output.split("\n").sort()).toEqual(["one", "three", "two"]);
});

test("what must succeed throws with the end of its output", async () => {
  await expect(must(sh("echo why >&2; exit 4"), MINUTE)).rejects.toThrow(/ended with 4:\n {4}why/);
});

test("ends the whole group when it takes too long, and says so", async () => {
  const started = Date.now();
  await expect(run(sh("sleep 300 & sleep 300"), { timeoutMs: 200 })).rejects.toThrow(
    "took longer than 0.2 s",
  );
  expect(Date.now() - started).toBeLessThan(9000);
});

test("ends early when stopped, and does not start once stopped", async () => {
  const stopper = new AbortController();
  const running = run(sh("sleep 300"), { ...MINUTE, stop: stopper.signal });
  stopper.abort(new Error("stopped by SIGINT"));
  await expect(running).rejects.toThrow("stopped by SIGINT");
  await expect(run(sh("true"), { ...MINUTE, stop: stopper.signal })).rejects.toThrow("stopped by SIGINT");
});

test("a program that is not there is an error", async () => {
  await expect(run(["/no/such/program"], MINUTE)).rejects.toThrow("ENOENT");
});
