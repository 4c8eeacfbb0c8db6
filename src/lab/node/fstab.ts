/**
 * What a node sees as its disk: this machine's programs and /etc through overlays that keep the node's own changes
 * in the node's folder, everything else its own. Nothing a node writes reaches this machine's files. Pure.
 */
export interface FstabInput {
  /** The node's folder; see `nodeFolders`. */
  readonly dir: string;
  /** false: the folder's file system cannot hold an overlay; /usr is then read-only and /etc a copy. */
  readonly overlays: boolean;
  /** Entries of this machine's root that are folders. */
  readonly hostFolders: readonly string[];
  readonly disk: string | null;
}

/** Folders of the host's root with programs in them that are shown to the nodes read-only. */
const readOnly = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix"];

/** The lines of an fstab for `mount --all --fstab`, in order. */
export function fstab(input: FstabInput): string {
  const root = `${input.dir}/root`;
  const overlay = (name: string): string =>
    `overlay ${root}/${name} overlay lowerdir=/${name},upperdir=${input.dir}/${name},workdir=${input.dir}/work.${name} 0 0`;
  const shown = readOnly.filter((name) => input.hostFolders.includes(name));
  return [
    ...(input.overlays ? [overlay("etc"), overlay("usr")] : [`/usr ${root}/usr none bind,ro 0 0`]),
    ...shown.map((name) => `/${name} ${root}/${name} none bind,ro 0 0`),
    `proc ${root}/proc proc nosuid,nodev,noexec 0 0`,
    `sysfs ${root}/sys sysfs nosuid,nodev,noexec 0 0`,
    `/sys/fs/cgroup ${root}/sys/fs/cgroup none rbind 0 0`,
    `tmpfs ${root}/dev tmpfs mode=0755,nosuid 0 0`,
    `devpts ${root}/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,gid=5,X-mount.mkdir 0 0`,
    `tmpfs ${root}/dev/shm tmpfs mode=1777,nosuid,nodev,X-mount.mkdir 0 0`,
    `mqueue ${root}/dev/mqueue mqueue nosuid,nodev,noexec,X-mount.mkdir 0 0`,
    `tmpfs ${root}/run tmpfs mode=0755,nosuid,nodev 0 0`,
    `tmpfs ${root}/tmp tmpfs mode=1777,nosuid,nodev 0 0`,
    ...(input.disk === null ? [] : [`tmpfs ${root}/var/lib/docker tmpfs mode=0710,size=${input.disk} 0 0`]),
    "",
  ].join("\n");
}

/** The folders of a node's disk, with their modes, parents first. */
export function nodeFolders(hostFolders: readonly string[], home: string): [path: string, mode: number][] {
  const plain = ["", "/dev", "/etc", "/home", "/media", "/mnt", "/proc", "/run", "/srv", "/sys", "/usr"];
  const inVar = ["", "/cache", "/lib", "/lib/docker", "/local", "/log", "/mail", "/opt", "/spool"];
  const shown = readOnly.filter((name) => hostFolders.includes(name));
  return [
    ["etc", 0o755],
    ["usr", 0o755],
    ["work.etc", 0o755],
    ["work.usr", 0o755],
    ...[...plain, ...inVar.map((path) => `/var${path}`)].map((path): [string, number] => [`root${path}`, 0o755]),
    ...shown.map((name): [string, number] => [`root/${name}`, 0o755]),
    ["root/tmp", 0o1777],
    ["root/var/tmp", 0o1777],
    [`root${home}`, 0o700],
    [`root${home}/.ssh`, 0o700],
  ];
}
