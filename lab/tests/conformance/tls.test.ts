import { blank, makePki, type Pki, TLS } from "./harness/pem";
import { Provider } from "./harness/provider";
import { type DiffRecording, type MakeRecording, readRecordings } from "./harness/recordings";
import { mapStrings, type WireMap } from "./harness/wire";

const { makes, diffs, baseOf } = readRecordings("tls");
let tls: Provider;
let pki: Pki;

beforeAll(async () => {
  tls = await Provider.start("tls");
  pki = await makePki(tls);
});
afterAll(() => tls?.stop());

describe("check", () => {
  test.each(makes.map(titled))("%s", async (_, recording) => {
    const { inputs, failures } = await tls.check(recording.type, recording.inputs);
    expect(failures).toEqual(recording.failures ?? []);
    expect(inputs).toEqual(recording.checked);
  });
});

describe("create", () => {
  // The engine never creates from refused inputs, and of some cases only the check was recorded.
  const created = makes.filter((make) => !make.failures && (make.created ?? make.createError));
  test.each(created.map(titled))("%s", async (_, recording) => {
    const making = tls.make(recording.type, realInputs(recording));
    if (recording.createError !== undefined) {
      await expect(making).rejects.toThrow(recording.createError);
      return;
    }
    const { id, outputs } = await making;
    expect(blank(outputs)).toEqual(blank(recording.created ?? {}));
    expect(outputs.id).toBe(id);
  });
});

describe("diff", () => {
  test.each(diffs.map(titled))("%s", async (_, recording) => {
    const base = realInputs(baseOf(recording));
    const old = await tls.make(recording.type, base);
    const { inputs } = await tls.check(recording.type, { ...base, ...realChange(recording.change) });
    const { changes, diffs: properties, replaces, deleteBeforeReplace, detailed } = recording;
    const difference = await tls.diff(recording.type, old, inputs);
    expect({ ...difference, diffs: [...difference.diffs].sort() }).toEqual({
      changes,
      diffs: properties,
      replaces,
      deleteBeforeReplace,
      detailed,
    });
  });
});

function titled<T extends MakeRecording | DiffRecording>(recording: T): [string, T] {
  const change = "change" in recording ? ` ${JSON.stringify(recording.change)}` : "";
  return [`${recording.type.split(":").pop()}: ${recording.case}${change}`, recording];
}

/** The recordings' blanked PEM blocks, put back. */
function realInputs(recording: MakeRecording): WireMap {
  return putBack(recording.inputs, {
    privateKeyPem: recording.type === TLS.certRequest ? pki.memberKeyPem : pki.caKeyPem,
    certRequestPem: pki.memberRequestPem,
    caCertPem: pki.caCertPem,
    caPrivateKeyPem: recording.case === "wrong CA key" ? pki.otherKeyPem : pki.caKeyPem,
  });
}

function realChange(change: WireMap): WireMap {
  return putBack(change, { privateKeyPem: pki.otherKeyPem });
}

function putBack(inputs: WireMap, pems: Readonly<Record<string, string>>): WireMap {
  return mapStrings(inputs, (text, property) =>
    text.startsWith("<PEM ") ? (pems[property] ?? text) : text,
  ) as WireMap;
}
