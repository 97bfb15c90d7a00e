# shellcheck shell=bash
# Checks the cluster before the first VM is stopped or replaced; before every later one, converge of the member before
# it does. Runs on a different node from the one whose VM goes. Not installed: it is sent after what it needs in one
# script, since `install`, which brings new scripts, comes after the VM.
#
# Needs: cluster.sh, declared.sh, lib.sh, reasons.sh; options vm.
# Gives: vm_gate.

# shellcheck disable=SC2034 # parse_options reads it
OPTIONS="name vm"
PHASE=vm-gate

# vm_gate --name CONTROLLER --vm MARK: whose VM is going to be made of what.
vm_gate() {
  parse_options "$@"
  local known=$DISK_MOUNT/first-vm members
  # Judged on the members that there are now.
  members=$(current_members)
  [[ -n $members ]] ||
    die VM_CHANGE_UNFINISHED "this VM is new, and the 'pulumi up' that made it has not finished here, so no VM was touched. Set the settings of that run again and run 'pulumi up'; change them when it has succeeded"
  OPT["members"]=$members
  know_members
  [[ $(cat "$known" 2>/dev/null) != "${OPT[vm]}" ]] || return 0
  # Larger disks may have to come before a larger quota.
  refuse_for "no VM was touched" reasons_not_to_restart NOSPACE
  write_file "$known" 0644 <<<"${OPT[vm]}"
}
