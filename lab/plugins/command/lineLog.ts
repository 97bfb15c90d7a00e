import { StringDecoder } from "node:string_decoder";

/** Go's bufio.Scanner, which the official plugin reads output with, gives up on a longer line. */
const MAX_LINE_BYTES = 64 * 1024;

/** Cuts output into lines as it arrives. */
export class LineLog {
  private readonly decoder = new StringDecoder();
  private rest = "";

  constructor(private readonly onLine: (line: string) => void) {}

  /**
   * Takes a piece of output; throws on a line that the official plugin waits for without end, for a test that
   * hangs says less than one that fails.
   */
  write(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.write(chunk)).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of [...lines, this.rest]) {
      if (Buffer.byteLength(line) < MAX_LINE_BYTES) continue;
      throw new Error(
        "a line of output is longer than 64 KiB: with logging on, the official plugin blocks; set logging to none",
      );
    }
    for (const line of lines) this.emit(line);
  }

  /** A last line without a newline counts as well. */
  end(): void {
    this.rest += this.decoder.end();
    if (this.rest !== "") this.emit(this.rest);
    this.rest = "";
  }

  private emit(line: string): void {
    this.onLine(line.replace(/\r$/, ""));
  }
}
