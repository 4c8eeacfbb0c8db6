import { PictlError } from "../../domain/errors.ts";
import { dockerdAnswers, initOf, logFile, logTail, nodeRef, serviceExit, sshdListens } from "./node.ts";
import type { LabPlan } from "../files/plan.ts";
import type { LabNode, LabStep } from "../types.ts";
import { until } from "../machine/wait.ts";

/** Milliseconds; a slow machine with many nodes starts its Docker engines one after the other in effect. */
const SSHD_MS = 30_000;
const DOCKERD_MS = 60_000;
const DOCKERD_MS_PER_NODE = 5_000;

/** Waits until the node's sshd and dockerd answer. Throws lab-failed with the tail of the log of what does not. */
export async function untilReady(plan: LabPlan, node: LabNode, step: LabStep, signal?: AbortSignal): Promise<void> {
  await service("sshd", SSHD_MS, (init) => sshdListens(init, plan.sshPort));
  if (!plan.record.docker) return;
  step.update("sshd answers, waiting for dockerd");
  await service("dockerd", DOCKERD_MS + DOCKERD_MS_PER_NODE * plan.nodes.length, dockerdAnswers);

  async function service(
    name: string,
    timeoutMs: number,
    answers: (init: NonNullable<ReturnType<typeof initOf>>) => boolean | Promise<boolean>,
  ): Promise<void> {
    const ok = await until(
      () => {
        const holder = nodeRef(plan, node);
        if (holder === undefined) throw failed(node, "init", "the node's first process ended");
        const init = initOf(holder);
        if (init === undefined) return false;
        const code = serviceExit(init, name);
        if (code !== undefined) throw failed(node, name, `${name} exited with ${code}`);
        return answers(init);
      },
      { timeoutMs, signal, everyMs: 40 },
    );
    if (!ok) throw failed(node, name, `${name} did not answer within ${timeoutMs / 1000} s`);
  }
}

function failed(node: LabNode, service: string, what: string): PictlError {
  const tail = logTail(node, service);
  return new PictlError(
    "lab-failed",
    `Lab node ${node.name} did not start: ${what}.${tail === "" ? "" : `\n${tail}`}`,
    {
      node: node.name,
      hint: `The whole log is ${logFile(node, service)}.`,
    },
  );
}
