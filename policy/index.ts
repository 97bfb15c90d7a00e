import { type Policies, PolicyPack, type ReportViolation, type StackValidationArgs } from "@pulumi/policy";
import { upgradeFloors } from "../core/etcd/upgrades";
import { exposuresOf, type Rule } from "../guard";
import { declared, plainProps } from "./declared";
import { dialsAHost, unpinnedHostKeys } from "./sshHostKey";
import { stackFindings } from "./stackFindings";

/** The guard's rules that can be checked on a stack as a whole, with what each refuses. */
const STACK_RULES: Readonly<Partial<Record<Rule, string>>> = {
  "controllers-even": "An even number of controllers.",
  "quorum-shrunk": "More than two members leaving in one run.",
  "etcd-minor-skipped": "An upgrade of etcd that skips a minor.",
  "etcd-downgraded": "An older etcd than the running one, but for a minor back where etcd has a downgrade.",
  "etcd-upgrade-floor": `An upgrade ${upgradeFloors()}.`,
  "ca-no-overlap": "A CA generation dropped in the run that moves the certificates away from it.",
  "ca-active-too-early": "A CA generation that signs in the run that first trusts it.",
};

const policies: Policies = [
  {
    name: "open-to-world",
    description: "SSH, etcd's ports or the API server's open to the world.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, report) => {
      if (type !== "gcp:compute/firewall:Firewall") return;
      for (const { reason, safeWay } of exposuresOf(plainProps(props))) report(`${reason}; ${safeWay}`);
    },
  },
  {
    name: "ssh-host-key-unpinned",
    description: "A command or a file sent to a host whose key is not verified.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, report) => {
      if (!dialsAHost(type)) return;
      for (const problem of unpinnedHostKeys(plainProps(props))) report(problem);
    },
  },
  ...Object.entries(STACK_RULES).map(([rule, description]) => ({
    name: rule,
    description,
    enforcementLevel: "mandatory" as const,
    validateStack: ({ resources }: StackValidationArgs, report: ReportViolation) => {
      for (const finding of stackFindings(resources.map(declared))) {
        if (finding.rule === rule) report(`${finding.reason}; ${finding.safeWay}`);
      }
    },
  })),
];

new PolicyPack("etcd-on-gce", { policies });
