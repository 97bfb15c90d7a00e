import { readStackExport } from "../../../core/stackExport";
import { declaredCluster } from "../../../verify/declared";
import { compare, renderText } from "../../../verify/report";
import { CONTROLLERS, healthyFacts, report, stackExport } from "./cluster";

const cluster = declaredCluster(readStackExport(JSON.stringify(stackExport())));
const healthy = CONTROLLERS.map(({ index }) => ({ report: report(healthyFacts(index)) }));

test("the table and the verdict of a cluster that is as declared", () => {
  const verified = compare(cluster, healthy, new Date());
  expect(verified.hasDrift).toBe(false);
  expect(renderText(verified, cluster)).toBe(`                    controller-0  controller-1  controller-2
reached by SSH      ok            ok            ok
VM                  ok            ok            ok
files               ok            ok            ok
unit                ok            ok            ok
binary              ok            ok            ok
process             ok            ok            ok
certificate files   ok            ok            ok
served certificate  ok            ok            ok
data disk           ok            ok            ok
version             ok            ok            ok
health              ok            ok            ok
member list         ok            ok            ok
one cluster         ok            ok            ok
brought up          ok            ok            ok
expiry              ok            ok            ok

Everything is as declared.
`);
});

test("a difference is in its member's column, with both values and the fix", () => {
  const disabled = { report: report(healthyFacts(1).set("unit.UnitFileState", "disabled")) };
  const text = renderText(
    compare(cluster, [healthy[0], disabled, healthy[2]] as typeof healthy, new Date()),
    cluster,
  );
  expect(text).toContain("\nunit                ok            DRIFT         ok\n");
  expect(text).toContain(`
controller-1: unit UnitFileState
  declared: enabled
  found:    disabled
  fix:      pulumi up --replace '**::member-1-install'

1 difference between what is declared and what is live.
`);
});

test("what runs all over the cluster is for a person to look at", () => {
  const other = { report: report(healthyFacts(2).set("cluster-id", "1")) };
  const text = renderText(
    compare(cluster, [healthy[0], healthy[1], other] as typeof healthy, new Date()),
    cluster,
  );
  expect(text).toContain("\none cluster         DRIFT         DRIFT         DRIFT\n");
  expect(text).toContain("fix:      see docs/operate/troubleshooting.md");
});

test("a member that is still to come is told, and the others are compared", () => {
  const growing = { ...cluster, toCome: ["member-3-bootstrap", "member-3-converge"] };
  const verified = compare(growing, healthy, new Date());
  const text = renderText(verified, growing);
  expect(text).toContain("\nmember list         ok            ok            ok\n");
  expect(text).toContain("\nbrought up          DRIFT         DRIFT         DRIFT\n");
  expect(text).toContain(`
cluster: the last \`pulumi up\`
  declared: succeeded
  found:    still to come: member-3-bootstrap, member-3-converge
  fix:      run \`pulumi up\` to its end
`);
});

test("a node that is not reached is a difference, and the rest of its column unknown", () => {
  const answers = [healthy[0], { error: "10.240.0.11: connect ECONNREFUSED" }, healthy[2]] as typeof healthy;
  const verified = compare(cluster, answers, new Date());
  expect(verified.findings).toMatchObject([
    { where: "controller-1", check: "reached by SSH", found: "10.240.0.11: connect ECONNREFUSED" },
  ]);
  const text = renderText(verified, cluster);
  expect(text).toContain("\nreached by SSH      ok            DRIFT         ok\n");
  expect(text).toContain("\nhealth              ok            -             ok\n");
});

test("a report that was cut off counts as none", () => {
  const cut = { report: report(healthyFacts(1)).split("\n").slice(0, -2).join("\n") };
  const verified = compare(cluster, [healthy[0], cut, healthy[2]] as typeof healthy, new Date());
  expect(verified.findings).toMatchObject([
    { check: "reached by SSH", found: "the node's report was cut off" },
  ]);
});

test("what a node says stays one line of plain text", () => {
  const odd = { report: report(healthyFacts(1).set("version", "3.4.10\u001b[2J")) };
  const text = renderText(
    compare(cluster, [healthy[0], odd, healthy[2]] as typeof healthy, new Date()),
    cluster,
  );
  expect(text).toContain("  found:    3.4.10?[2J\n");
});
