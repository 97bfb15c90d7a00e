/** Where things are on a node. remote/lib.sh has the same paths, held together by a test. */

/** The user that the deploy key belongs to on every controller; the guest agent gives it sudo. */
export const DEPLOY_USER = "etcd-deploy";

/** The phases and what they source. */
export const NODE_LIB_DIR = "/usr/local/lib/etcd-node";
/** The declared unit and etcd.env, until converge puts them in place. */
export const DECLARED_DIR = "/var/lib/etcd-node/declared";
export const ETC_DIR = "/etc/etcd";
export const UNIT_PATH = "/etc/systemd/system/etcd.service";
/** How systemd brings etcd back; beside the unit, whose text tells that a member has to be restarted. */
export const DROP_IN_PATH = `${UNIT_PATH}.d/comeBack.conf`;
/** One directory for each release. */
export const RELEASES_DIR = "/opt/etcd";
export const BIN_DIR = "/usr/local/bin";
export const DATA_DIR = "/var/lib/etcd";
/** Where the data disk is mounted. */
export const DISK_MOUNT = "/mnt/disks/etcd";
/** The data disk's device name: it appears as /dev/disk/by-id/google-etcd-data. */
export const DATA_DISK_DEVICE = "etcd-data";
