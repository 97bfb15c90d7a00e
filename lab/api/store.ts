import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** A JSON object of the API. */
export type Resource = { [field: string]: unknown };

interface State {
  lastId: number;
  readonly resources: { [path: string]: Resource };
}

/**
 * The API's resources by path (`projects/p/zones/z/disks/d`), on disk: every change is written, synced and
 * renamed before it is answered, so a killed API comes back with what it had answered.
 */
export class Store {
  private readonly state: State;

  constructor(private readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.state = existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as State)
      : { lastId: 1_000_000_000_000, resources: {} };
  }

  get(path: string): Resource | undefined {
    const found = this.state.resources[path];
    return found === undefined ? undefined : structuredClone(found);
  }

  /** Resources whose path starts with `prefix`, in order of creation. */
  list(prefix: string): { path: string; resource: Resource }[] {
    return Object.entries(this.state.resources)
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, resource]) => ({ path, resource: structuredClone(resource) }));
  }

  put(path: string, resource: Resource): void {
    this.state.resources[path] = structuredClone(resource);
    this.save();
  }

  remove(path: string): void {
    delete this.state.resources[path];
    this.save();
  }

  /** A new id: a decimal string of 19 digits, as GCE's are. */
  nextId(): string {
    this.state.lastId += 1;
    return `${this.state.lastId}${String(Date.now()).slice(-6)}`;
  }

  private save(): void {
    const next = `${this.file}.new`;
    const fd = openSync(next, "w", 0o600);
    try {
      writeSync(fd, JSON.stringify(this.state));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, this.file);
  }
}
