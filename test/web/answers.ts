import type { Page } from "playwright-core";

/** What the API says of nodes that are only painted: `METHOD path` (without its query) and the result. */
const answers: readonly (readonly [RegExp, object])[] = [
  [
    /^GET containers\/.*\/candidates$/,
    {
      candidates: [
        { container: "web", from: "n1", node: "n2", rank: 1, reason: null },
        { container: "web", from: "n1", node: "n4", rank: 2, reason: null },
        { container: "web", from: "n1", node: "n3", rank: null, reason: "port 80 is taken there by web" },
        { container: "web", from: "n1", node: "n5", rank: null, reason: "it is cordoned" },
      ],
    },
  ],
  [
    /^GET containers\/.*\/history$/,
    {
      placements: [
        version(1_764_300_000, "nginx:1.27", true),
        version(1_764_200_000, "nginx:1.26", false),
        version(1_764_100_000, "nginx:1.25", false),
      ],
    },
  ],
  [
    /^GET plan$/,
    {
      steps: [
        step("build", "api", "n2", "its folder has changed"),
        step("replace", "web", "n3", "image: nginx:1.26 → nginx:1.27"),
        { ...step("move", "cache", "n4", "the layout has it on n4"), from: "n1", data: ["copies the volume cache"] },
        step("create", "mail", "n2", "it is missing"),
      ],
    },
  ],
  [
    /^GET doctor$/,
    {
      checks: [
        { node: "n1", check: "ssh", state: "ok", message: "answers in 12 ms as root", remedy: null },
        { node: "n1", check: "docker", state: "ok", message: "Docker 27.3.1", remedy: null },
        {
          node: "n1",
          check: "disk",
          state: "warning",
          message: "8.0 GB of 64 GB are free",
          remedy: "Clean up: pictl prune --node n1",
        },
        { node: "n1", check: "clock", state: "problem", message: "41 s behind", remedy: "Set it by NTP." },
      ],
    },
  ],
  [
    /^GET syslog$/,
    {
      lines: Array.from({ length: 40 }, (_, at) => ({
        node: `n${String((at % 3) + 1)}`,
        line: `Nov 29 02:${String(10 + at)}:01 pi dockerd[612]: ${at % 9 === 4 ? "error: no space left on device" : "container started"}`,
      })),
    },
  ],
  [
    /^GET rsyslog$/,
    {
      analyses: [
        {
          node: "n1",
          file: "/var/log/syslog",
          lines: 20_113,
          counted: 18_000,
          unreadable: 2,
          hosts: ["n1", "n2", "n3"].map((host, at) => ({ host, count: 9000 - at * 3100 })),
          severities: ["info", "notice", "warning", "err"].map((severity, at) => ({
            severity,
            count: 12_000 >> (at * 2),
          })),
          programs: ["dockerd", "kernel", "sshd", "cron"].map((program, at) => ({ program, count: 8000 >> at })),
          histogram: {
            stepMinutes: 60,
            rows: Array.from({ length: 24 }, (_, at) => ({
              from: `2026-11-28T${String(at).padStart(2, "0")}:00`,
              count: 300 + ((at * 397) % 800),
            })),
          },
          messages: [
            { severity: "err", program: "dockerd", message: "no space left on device", count: 41 },
            { severity: "info", program: "sshd", message: "Accepted publickey for root from #", count: 1204 },
          ],
          durationMs: 840,
        },
      ],
    },
  ],
  [
    /^GET nodes\/.*\/host-keys$/,
    {
      keys: [
        {
          node: "n7",
          hop: null,
          name: "10.0.0.17",
          type: "ssh-ed25519",
          fingerprint: "SHA256:uW3v1yfDbBq9mJ3m0eKkCq4n9q0mT2d8oX4Yb1m1Q0c",
          state: "unknown",
          file: null,
        },
      ],
    },
  ],
  [
    /^GET registries\/search$/,
    {
      images: ["nginx", "bitnami/nginx", "nginxinc/nginx-unprivileged"].map((image, at) => ({
        registry: "docker.io",
        image,
        description: "A web server",
        stars: 20_000 >> (at * 3),
        pulls: null,
        official: at === 0,
      })),
    },
  ],
  [
    /^GET registries\/tags$/,
    { tags: ["1.27", "1.27-alpine", "1.26"].map((tag) => ({ registry: "docker.io", image: "nginx", tag })) },
  ],
  [
    /^POST containers\/.*\/move$/,
    { moves: [{ container: "web", from: "n1", to: "n2", changed: false, outcome: "would be moved", gapMs: null }] },
  ],
  [
    /^POST nodes\/.*\/drain$/,
    {
      nodes: [
        {
          node: "n1",
          changed: false,
          outcome: "would be drained",
          changes: [],
          moves: [{ container: "web", from: "n1", to: "n2", changed: false, outcome: "would be moved", gapMs: null }],
        },
      ],
    },
  ],
  [
    /^POST prune$/,
    {
      leftovers: [
        {
          node: "n1",
          image: "nginx:1.25",
          id: "sha256:1",
          bytes: 187e6,
          why: "nobody uses it",
          changed: false,
          outcome: "would be removed",
        },
        {
          node: "n2",
          container: "old",
          id: "2",
          bytes: null,
          why: "it has stopped",
          changed: false,
          outcome: "would be removed",
        },
      ],
    },
  ],
];

function version(generation: number, image: string, newest: boolean): object {
  const at = new Date(generation * 1000).toISOString();
  return { generation, at, who: "anna", cause: "pictl create", image, outcome: "good", newest };
}

function step(kind: string, container: string, node: string, why: string): object {
  return { id: `${kind} ${container}@${node}`, kind, container, node, why, data: [], after: [], swap: null, basis: {} };
}

/** Answers in the place of nodes that are only painted; everything else the server says itself. */
export async function paintAnswers(page: Page): Promise<void> {
  await page.route("**/api/v1/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace(/^.*\/api\/v1\//, "");
    const result = answers.find(([pattern]) => pattern.test(`${request.method()} ${path}`))?.[1];
    const rehearses = request.method() === "GET" || request.postData()?.includes('"dryRun":true') === true;
    if (!result || !rehearses) return route.fallback();
    return route.fulfill({ json: { ok: true, exitCode: 0, result, failures: [] } });
  });
}
