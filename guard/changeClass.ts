/** What a change does to etcd, from the least to the gravest. */
const CLASSES = ["none", "create", "hot", "rolling", "vm-down", "destructive"] as const;

/**
 * - `none`: etcd does not notice
 * - `create`: something new, nothing that exists is touched
 * - `hot`: takes effect without a restart
 * - `rolling`: members restart one after the other, each when the others are healthy
 * - `vm-down`: a member's VM is down for a while; its data disk is kept
 * - `destructive`: data, or what all members stand on, is deleted
 */
export type ChangeClass = (typeof CLASSES)[number];

/** The graver of two classes. */
export function graver(a: ChangeClass, b: ChangeClass): ChangeClass {
  return CLASSES.indexOf(a) >= CLASSES.indexOf(b) ? a : b;
}

/** What a change does to etcd, said in etcd's terms. */
export interface Effect {
  readonly class: ChangeClass;
  /** What happens, a few words. */
  readonly what: string;
  /** Why it has this class. */
  readonly why: string;
}
