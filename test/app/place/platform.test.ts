import { expect, test } from "vitest";
import { refuseOtherPlatform } from "../../../src/app/place/platform.ts";
import type { Connection, Engine, Ports } from "../../../src/app/ports.ts";
import { placement } from "../../fakes/config.ts";

const ports = { signal: new AbortController().signal } as unknown as Ports;

function refused(
  platform: string | undefined,
  { image, handlers = "" }: { readonly image?: string; readonly handlers?: string },
): Promise<void> {
  const engine = { info: () => Promise.resolve({ architecture: "aarch64" }) } as unknown as Engine;
  const connection = { run: () => Promise.resolve({ status: "ok", stdout: handlers }) } as unknown as Connection;
  const declares = { volumes: [], healthcheck: false, platform };
  return refuseOtherPlatform(ports, { placement: placement("web", "n1", { image }), engine, connection, declares });
}

test("an image for another processor is told before it starts, with what to do", async () => {
  await expect(refused("amd64", { image: "redis:7" })).rejects.toMatchObject({
    code: "image-platform",
    message: "The image redis:7 is for amd64, and n1 is aarch64.",
    hint: "Take a tag that has it for aarch64, or emulate it: `apt-get install qemu-user-static` on n1.",
  });
  await expect(refused("amd64", {})).rejects.toMatchObject({
    message: "The image web is for amd64, and n1 is aarch64.",
    hint: "Take `--platform` out of its Dockerfile and build it there: `pictl build web --force`.",
  });
});

test.each([
  ["its own", "arm64/v8", {}],
  ["what it runs beside", "arm/v7", {}],
  ["nothing", undefined, {}],
  ["what is emulated", "amd64", { handlers: "register\nqemu-x86_64\nstatus\n" }],
])("an image that is for %s passes", async (_, platform, options) => {
  await expect(refused(platform, options)).resolves.toBeUndefined();
});
