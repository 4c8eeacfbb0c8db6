import { PictlError } from "../../domain/errors.ts";
import { findProgram, staticBusybox } from "./programs.ts";
import { attempt, runHere } from "./run.ts";
import type { LabProgress } from "../types.ts";

/** Program → the Debian package it comes in. */
const always: readonly (readonly [program: string, debianPackage: string])[] = [
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["pivot_root", "util-linux"],
  ["mount", "mount"],
  ["ip", "iproute2"],
  ["nft", "nftables"],
  ["sshd", "openssh-server"],
  ["ssh-keygen", "openssh-client"],
  ["ping", "iputils-ping"],
  ["arping", "iputils-arping"],
];
const forDocker: typeof always = [
  ["dockerd", "docker.io"],
  ["docker", "docker.io"],
  ["runc", "runc"],
  ["containerd", "containerd"],
  ["iptables", "iptables"],
];

/** Throws missing-prerequisite when this machine can run no lab at all, whatever is installed. */
export async function checkMachine(): Promise<void> {
  if (process.platform !== "linux") {
    throw new PictlError("missing-prerequisite", `A lab needs Linux; this machine runs ${process.platform}.`, {
      hint: "Run it in a Linux virtual machine.",
    });
  }
  if (process.geteuid?.() !== 0) {
    throw new PictlError("missing-prerequisite", "A lab makes network namespaces and mounts, which needs root.", {
      hint: "Run the same command with `sudo`.",
    });
  }
  const probe = await attempt(["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true"]);
  if (probe.code !== 0 && findProgram("unshare") !== undefined) {
    throw new PictlError(
      "missing-prerequisite",
      `This machine forbids namespaces: unshare ${probe.how}: ${probe.stderr.trim()}.`,
      {
        hint: "Inside a container, run it with `docker run --privileged`.",
      },
    );
  }
}

/** Debian packages whose programs this machine lacks, sorted. */
export function missingPackages(docker: boolean): string[] {
  const needed = docker ? [...always, ...forDocker] : always;
  const missing = needed.filter(([program]) => findProgram(program) === undefined).map(([, name]) => name);
  // The demo images hold nothing but a busybox, which therefore must not need this machine's libraries.
  if (docker && staticBusybox() === undefined) missing.push("busybox-static");
  return [...new Set(missing)].sort();
}

/** Throws missing-prerequisite that lists the packages, or fetches them when told to. */
export async function ensurePackages(
  options: { docker: boolean; install: boolean },
  progress: LabProgress,
  signal?: AbortSignal,
): Promise<void> {
  const missing = missingPackages(options.docker);
  if (missing.length === 0) return;
  const list = missing.join(" ");
  if (!options.install) {
    throw new PictlError("missing-prerequisite", `A lab needs programs that this machine lacks: packages ${list}.`, {
      hint: `Install them with \`apt-get install ${list}\`, or let \`pictl lab up --install\` do it.`,
    });
  }
  if (findProgram("apt-get") === undefined) {
    throw new PictlError(
      "missing-prerequisite",
      `Packages ${list} are missing, and there is no apt-get to fetch them.`,
      {
        hint: "Install the same programs with this system's own package manager.",
      },
    );
  }
  progress.warn(`Installing with apt: ${list}. Debian starts the services of the packages it installs.`);
  const step = progress.step("lab", `installing ${list}`);
  const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "Dpkg::Use-Pty=0"];
  try {
    await runHere("refresh apt's package lists", [...apt, "update"], { signal, timeoutMs: 300_000 });
    // From Debian 13 on, docker.io only recommends the package that the client is in.
    const client = missing.includes("docker.io") && (await attempt(["apt-cache", "show", "docker-cli"])).code === 0;
    const packages = client ? [...missing, "docker-cli"] : missing;
    await runHere(`install ${list}`, [...apt, "install", "--yes", "--no-install-recommends", ...packages], {
      signal,
      timeoutMs: 1_200_000,
    });
  } catch (error) {
    step.fail();
    throw error;
  }
  step.done(`installed ${list}`);
  const still = missingPackages(options.docker);
  if (still.length > 0) {
    throw new PictlError(
      "missing-prerequisite",
      `apt installed ${list}, and programs of ${still.join(" ")} are still missing.`,
      {
        hint: "Look at what apt says: `apt-get install " + still.join(" ") + "`.",
      },
    );
  }
}
