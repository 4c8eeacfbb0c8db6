import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import { pages } from "../../src/web/pages/index.ts";
import { startServer, type TestServer } from "../http/server.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { startRegistry, type TestRegistry, whyNoRegistry } from "../support/registry.ts";
import { chromiumPath, findings, openBrowser, openPage } from "./browser.ts";
import { anna, logIn } from "./console.ts";

const obstacle = (await labObstacle()) ?? (chromiumPath === undefined ? "there is no Chromium" : undefined);
const webRoot = new URL("../../dist/web", import.meta.url).pathname;
const soon = { timeout: 30_000 };

/** The tests follow each other in one tab, as a person would go on. */
describe.skipIf(obstacle !== undefined)("the console on a lab", () => {
  const lab = withLab({ nodes: 4 });
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let server: TestServer;

  beforeAll(async () => {
    const config = await threeOfFour();
    const created = await runCommand(Create, ["web", "clock"], config);
    expect(created.code, created.stderr).toBe(0);
    // Stopped with the last test, not with this hook.
    server = await startServer(config, { webRoot }, afterAll);
    browser = await openBrowser();
    ({ page, complaints } = await openPage(browser));
  });
  afterAll(async () => {
    await browser.close();
  });

  /** A config of three of the nodes; nobody here knows the host key of the fourth. */
  async function threeOfFour(): Promise<string> {
    const { config, dir } = lab.status();
    const given = JSON.parse(await readFile(config, "utf8")) as {
      layout: { node: string }[];
      nodes: Record<string, object>;
      ssh: object;
    };
    const known = await readFile(join(dir, "known_hosts"), "utf8");
    const { address } = lab.node("n4");
    const others = known.split("\n").filter((line) => !line.includes(address) && !/\bn4\b/.test(line));
    await writeFile(join(dir, "known"), others.join("\n"), { mode: 0o600 });
    const nodes = Object.fromEntries(Object.entries(given.nodes).filter(([name]) => name !== "n4"));
    const changed = {
      ...given,
      ...anna,
      layout: given.layout.filter(({ node }) => node !== "n4"),
      nodes,
      container_host_constraints: [{ container: "web,n1,n2,n3" }, { container: "clock,n1,n2,n3" }],
      http: { terminal: true },
      ssh: { ...given.ssh, known_hosts_file: "known" },
    };
    const path = join(dir, "web.json");
    await writeFile(path, JSON.stringify(changed, null, 2), { mode: 0o600 });
    return path;
  }

  const go = (place: string): Promise<unknown> => page.goto(`${server.url}#/${place}`);
  const press = (name: string | RegExp): Promise<void> =>
    page.getByRole("button", { name, exact: true }).last().click(soon);
  const state = (text: string) => page.locator("h1 .state", { hasText: text });
  const dialog = () => page.getByRole("dialog");
  const outcome = (text: string | RegExp) => page.locator(".outcome li", { hasText: text }).first().waitFor(soon);

  /** Yes to what is asked; where nothing is asked, because it has failed, this tells why. */
  async function answerYes(): Promise<void> {
    const yes = dialog().getByRole("button", { name: /^Yes, / });
    const failed = page.locator(".note.bad");
    await yes.or(failed).first().waitFor(soon);
    expect(await failed.allTextContents()).toEqual([]);
    await yes.click();
  }

  /** What was begun has ended well; else this tells what the console says of it. */
  async function did(title: string): Promise<void> {
    const note = page.locator(".note:not(.busy)", { hasText: title }).last();
    await note.waitFor(soon);
    expect(await note.getAttribute("class"), String(await note.textContent())).toContain("good");
    await note.getByRole("button", { name: "Dismiss" }).click();
  }

  /** What docker itself says of a container on its node; empty where there is none. */
  const seen = async (node: string, container: string, format: string): Promise<string> =>
    (await lab.inside(node, `docker inspect --format '${format}' ${container} 2>/dev/null || true`)).trim();
  const running = (node: string, container: string): Promise<string> => seen(node, container, "{{.State.Running}}");

  test("a person logs in, and every page shows the cluster without a complaint", async () => {
    await go("overview");
    await logIn(page);
    complaints.length = 0;
    await page.locator(".tile .number", { hasText: "3/3" }).waitFor(soon);
    for (const path of [
      ...pages.map(({ id }) => id),
      "containers/web%40n1?tab=stats",
      "nodes/n1?tab=doctor",
      "containers/plan",
    ]) {
      await go(path);
      await page.locator("main h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(await findings(page), path).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  test("a container is stopped and started; what is done is told, with its job", async () => {
    await go("containers/web%40n1");
    await state("running").waitFor(soon);
    await press("Stop");
    await page.locator(".note.good", { hasText: "Stop web@n1" }).waitFor(soon);
    await state("stopped").waitFor(soon);
    await press("Start");
    await state("running").waitFor(soon);
    await press(/^Jobs/);
    await page.locator(".job", { hasText: "stop web@n1" }).click();
    await page.locator(".job-detail", { hasText: "pictl stop web@n1" }).waitFor(soon);
    await page.keyboard.press("Escape");
  });

  test("its logs go on while one looks", async () => {
    await go("logs?of=clock%40n2");
    const lines = page.locator(".log-line");
    await lines.first().waitFor(soon);
    const before = await lines.count();
    await expect.poll(() => lines.count(), soon).toBeGreaterThan(before);
  });

  test("a move shows who can take it and what would happen, and then does it", async () => {
    await go("containers/clock%40n2");
    await press("Move");
    await page.locator(".candidates label", { hasText: "n3" }).click(soon);
    await page.locator(".outcome", { hasText: "clock n2 → n3" }).waitFor(soon);
    await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
    await page.locator(".note.good", { hasText: "Move clock@n2 to n3" }).waitFor(soon);
    await go("containers/clock%40n3");
    await state("running").waitFor(soon);
  });

  test("the config is edited: with a mistake it is not written, without it is", async () => {
    await go("config");
    const text = page.getByLabel("The config", { exact: true });
    await expect.poll(() => text.inputValue(), soon).toContain("heartbeat_interval");
    const before = await text.inputValue();
    await text.fill(before.replace('"30000"', '"soon"'));
    await press("Check and review");
    await page.getByRole("button", { name: /^Line \d+, column \d+/ }).waitFor(soon);
    await text.fill(before.replace('"30000"', '"45000"'));
    await press("Check and review");
    await page.getByLabel("What changes").getByText("45000").waitFor(soon);
    await press("Write it");
    await page.getByText("The config is written").waitFor(soon);
    expect(await readFile(server.config, "utf8")).toContain("45000");
  });

  test("a command that is typed, and a saved one, run on every node", async () => {
    await go("run");
    await page.getByLabel("Command", { exact: true }).fill("echo here $((6*7)) >&2; hostname");
    await press("Run");
    await page.locator(".output", { hasText: "here 42" }).first().waitFor(soon);
    await press("Uptime");
    await page.locator(".output", { hasText: "load average" }).first().waitFor(soon);
  });

  test("a container is edited, and rolled back to how it was", async () => {
    const environment = (): Promise<string> => seen("n1", "web", "{{.Config.Env}}");
    await go("containers/web%40n1");
    await press("Edit");
    const args = page.getByLabel("Arguments of docker run");
    await expect.poll(() => args.inputValue(), soon).toContain("80:80");
    await args.fill(`${await args.inputValue()} -e COLOUR=blue`);
    await press("Edit");
    await answerYes();
    await did("Edit web@n1");
    expect(await environment()).toContain("COLOUR=blue");
    expect(await readFile(server.config, "utf8")).toContain("COLOUR=blue");
    await go("containers/web%40n1?tab=config");
    await press("Roll back");
    await answerYes();
    await did("Roll web@n1 back");
    expect(await environment()).not.toContain("COLOUR");
  });

  test("an image is built, the plan tells what that changes, and apply does it", async () => {
    const label = `{{index .Config.Labels "tried"}}`;
    await appendFile(join(lab.status().dir, "docker/web/Dockerfile"), "\nLABEL tried=twice\n");
    await go("images");
    await press("Build");
    await page.getByLabel("Add a container").selectOption("web@n1");
    await press("Build");
    await did("Build web@n1");
    expect(await seen("n1", "web", label)).not.toContain("twice");
    await lab.inside("n3", "docker rm -f clock");
    await go("containers/plan");
    await outcome("web@n1");
    await outcome("clock@n3");
    await press("Apply");
    await answerYes();
    await did("Apply the config");
    expect(await seen("n1", "web", label)).toContain("twice");
    expect(await running("n3", "clock")).toBe("true");
    await press("Plan again");
    await page.getByText("Nothing is to be done").waitFor(soon);
  });

  test("a clean-up says what it frees, and frees it", async () => {
    await lab.inside("n1", `printf 'FROM web\nLABEL of=nobody\n' | docker build -q -t unused -`);
    await go("images");
    await press("Clean up");
    await outcome("unused");
    await press("Clean up");
    await answerYes();
    await did("Clean up");
    expect(await lab.inside("n1", "docker image ls --format '{{.Repository}}'")).not.toContain("unused");
  });

  describe.skipIf(whyNoRegistry !== undefined)("with a registry", () => {
    let registry: TestRegistry;
    let image: string;
    beforeAll(async () => {
      registry = await startRegistry({ address: lab.status().controller });
      image = `${registry.host}/team/web:1`;
      const config = JSON.parse(await readFile(server.config, "utf8")) as object;
      const known = { ...config, dockerRegistries: [`http://${registry.host}`] };
      await writeFile(server.config, JSON.stringify(known, null, 2));
      const trusted = JSON.stringify({ "insecure-registries": [registry.host] });
      for (const node of ["n1", "n2", "n3"]) {
        await lab.inside(node, `echo '${trusted}' >/etc/docker/daemon.json; kill -HUP $(cat /run/docker.pid)`);
      }
      await lab.inside("n1", `docker tag web ${image}; docker push -q ${image}; docker rmi ${image}`);
    });
    afterAll(() => registry.stop());

    test("an image is found by its tags and pulled", async () => {
      await go("images");
      await press("Pull");
      await page.getByLabel("Image", { exact: true }).fill(`${registry.host}/team/web`);
      await dialog().getByRole("button", { name: "n3", exact: true }).click();
      await press("Its tags");
      await dialog().getByRole("button", { name: "1", exact: true }).click(soon);
      await press("Pull");
      await did(`Pull ${image}`);
      expect(await lab.inside("n3", "docker image ls --format '{{.Repository}}:{{.Tag}}'")).toContain(image);
    });

    test("a container is added, restarted with another one, and removed from the config", async () => {
      await go("containers");
      await press("Add a container");
      await page.getByLabel("Name", { exact: true }).fill("extra");
      await dialog().getByRole("group", { name: "On" }).getByRole("button", { name: "n3" }).click();
      await page.getByLabel("Image", { exact: true }).fill(image);
      await press("Add container");
      await did("Add extra");
      expect(await running("n3", "extra")).toBe("true");

      const begun = (): Promise<readonly string[]> =>
        Promise.all(["clock", "extra"].map((name) => seen("n3", name, "{{.State.StartedAt}}")));
      const before = await begun();
      await page.getByLabel("Mark clock@n3").check(soon);
      await page.getByLabel("Mark extra@n3").check(soon);
      await press("Restart");
      await answerYes();
      await did("Restart 2 containers");
      for (const [index, at] of (await begun()).entries()) expect(at).not.toBe(before[index]);

      await go("containers/extra%40n3");
      await press("Remove from config");
      await outcome("extra");
      await press("Remove");
      await answerYes();
      await did("Remove extra@n3");
      expect(await running("n3", "extra")).toBe("");
      expect(await readFile(server.config, "utf8")).not.toContain("extra");
    });

    test("the image that nobody needs any more is removed from the node where it is marked", async () => {
      await go("images");
      await page.getByRole("row", { name: image }).getByRole("checkbox").check(soon);
      await press("Remove");
      await outcome(image);
      await press("Remove image");
      await answerYes();
      await did(`Remove ${image}`);
      expect(await lab.inside("n3", "docker image ls --format '{{.Repository}}'")).not.toContain("team/web");
    });
  });

  test("a node is drained: what goes where is shown before; then it is opened again", async () => {
    await go("nodes/n1");
    await press("Drain");
    await outcome(/web n1 → n\d/);
    await press("Drain");
    await answerYes();
    await did("Drain n1");
    expect(await running("n1", "web")).toBe("");
    expect(await Promise.all(["n2", "n3"].map((node) => running(node, "web")))).toContain("true");
    await page.locator("h1 .tag", { hasText: "cordoned" }).waitFor(soon);
    await press("Uncordon");
    await did("Uncordon n1");
    await page.locator("h1 .tag", { hasText: "cordoned" }).waitFor({ ...soon, state: "detached" });
  });

  test("the heartbeat's round is run now, and its checks are told", async () => {
    await go("failover");
    await press("Heartbeat now");
    await did("Heartbeat round");
    const found = page.getByRole("region", { name: "The round by hand" });
    await found.locator("li", { hasText: "web@" }).getByText("well").waitFor(soon);
  });

  test("the virtual IP is given, moved and taken away; the nodes' kernels say so", async () => {
    const vip = lab.node("n1").address.replace(/\.\d+$/, ".10");
    const holders = async (): Promise<readonly string[]> => {
      const all = ["n1", "n2", "n3"];
      const held = await Promise.all(all.map((node) => lab.inside(node, `ip -4 -o addr show to ${vip}`)));
      return all.filter((_, index) => held[index] !== "");
    };
    const row = (node: string) => page.locator(".vip li", { hasText: node });
    await go("failover");
    for (const node of ["n1", "n2"]) {
      await row(node).getByRole("button", { name: "Move" }).click(soon);
      await answerYes();
      await did(`Move ${vip} to ${node}`);
      expect(await holders()).toEqual([node]);
      await row(node).getByText("has it").waitFor(soon);
    }
    await press("History");
    await page.locator(".vip .events li").nth(1).waitFor(soon);
    await press("Release");
    await answerYes();
    await did(`Release ${vip}`);
    expect(await holders()).toEqual([]);
    await page.getByText("released: nobody has it").waitFor(soon);
  });

  test("a terminal on a node: one types, its size follows the window, and it survives a page that is loaded again", async () => {
    await go("nodes/n1?tab=terminal");
    await typed("kept=$((40+2)); echo kept is $kept", "kept is 42");
    await typed("stty size", /^\d+ \d+/);
    await page.setViewportSize({ width: 640, height: 700 });
    await typed("echo narrow $(stty size)", /narrow \d+ \d\d$/);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.reload();
    await screen().getByText("kept is 42").first().waitFor(soon);
    await typed("echo again $kept", "again 42");
    expect(await findings(page)).toEqual([]);
    await press("End it");
  });

  test("a terminal in a container", async () => {
    await go("containers/clock%40n3?tab=terminal");
    await typed("echo in $(hostname | wc -c)", /in \d+/);
    await press("End it");
  });

  const screen = () => page.locator(".terminal-place .xterm-rows, .terminal-place .xterm-accessibility");
  async function typed(text: string, shows: string | RegExp): Promise<void> {
    await page.locator(".terminal-place textarea").focus(soon);
    await page.getByText(/^In /).first().waitFor(soon);
    await page.keyboard.type(`${text}\n`);
    await page.locator(".terminal-place .xterm-rows > div", { hasText: shows }).first().waitFor(soon);
  }

  test("a node is added: its fingerprint is shown before, and is its own", async () => {
    const key = await lab.inside("n4", "cat /etc/ssh/*_key.pub | ssh-keygen -lf - | cut -d' ' -f2");
    await go("nodes");
    await press("Add a node");
    await page.getByLabel("Name", { exact: true }).fill("n4");
    await page.getByLabel("Address").fill(lab.node("n4").address);
    await press("Look at its host key");
    const shown = await page.locator(".fingerprint").first().textContent(soon);
    expect(key.split("\n")).toContain(shown);
    await page.getByText("I have compared it: it is the same").click();
    await press("Add node");
    await page.locator(".note.good", { hasText: "Add n4" }).waitFor(soon);
    await page.locator(".card.node", { hasText: /^n4/ }).getByText("answering").waitFor(soon);
  });

  test("a node is removed from the config", async () => {
    await go("nodes/n4");
    await press("Remove");
    await outcome("n4");
    await press("Remove node");
    await answerYes();
    await did("Remove n4");
    expect(await readFile(server.config, "utf8")).not.toContain("n4");
    await page.getByText("There is no node n4.").waitFor(soon);
  });

  test("a node that dies while one looks: it is told, and what was seen of it is shown as old", async () => {
    await go("nodes/n3");
    await state("answering").waitFor(soon);
    await lab.kill("n3");
    await state("silent").waitFor(soon);
    await page.locator(".age.old").first().waitFor(soon);
    await go("containers/clock%40n3");
    await page.getByText("Its node does not answer. It was running").waitFor(soon);
  });

  test("a session that was ended elsewhere ends here; nobody complained but of that", async () => {
    // The browser tells of the config that was refused.
    expect(complaints.filter((text) => !text.includes("400"))).toEqual([]);
    await page.evaluate(`fetch("api/v1/session", { method: "DELETE" })`);
    await page.getByText("The session has ended. Log in again.").waitFor(soon);
  });
});
