/**
 * What is told of configs with mistakes: all of them at once, each with its line and column. Read what differs in `problems.txt`, and
 * accept it with `-u`.
 */
import { expect, test } from "vitest";
import { loadConfig, placeInText } from "../../../src/adapters/config/load.ts";
import { ConfigInvalidError } from "../../../src/domain/config/findings/problem.ts";

const place = { path: "/etc/pictl/pictl.yaml", link: false, mode: 0o600, env: {}, home: "/root", root: true };

function told(text: string, more: Partial<typeof place> = {}): readonly string[] {
  try {
    const { warnings } = loadConfig(text, { ...place, ...more });
    return [
      "fine",
      ...warnings.map(({ line, column, message }) => `${String(line)}:${String(column)} warning: ${message}`),
    ];
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    return [
      error.message.split("\n")[0] ?? "",
      ...error.problems.map(
        ({ severity, line, column, path, message }) =>
          `${String(line)}:${String(column)} ${severity} ${path}: ${message}`,
      ),
    ];
  }
}

const row = (entry: string): string => `layout:\n  - node: n1\n    web: ${entry}\n`;

const documents: Readonly<Record<string, string>> = {
  nothing: "",
  "a comment": "# later\n",
  "a list": "- layout\n",
  "a word": "layout\n",
  null: "null\n",
  "two documents": "layout: []\n---\nlayout: []\n",
  "a tab": "layout:\n\t- node: n1\n",
  "half of it": '{"layout": [{"node": "n1",',
  "an alias to nothing": "layout: *nothing\n",
  "a key twice": 'layout:\n  - node: n1\n    web: ""\n    web: ""\ncluster: a\ncluster: b\n',
  "a key twice in JSON": '{"cluster": "a", "layout": [], "cluster": "b"}',
  "unknown keys":
    "layot: []\nlayout:\n  - node: n1\n    web: { imag: a, buidl: b, zzz: 1 }\nssh: { usr: a, port: 1 }\n",
  "a section of another kind": "layout: {}\nhb: 7\nnodes: []\nssh: yes\n",
  "rows of another kind":
    "layout:\n  - n1\n  - node: n2\n    web: [a]\n  - {}\n  - node: 7\n  - node: [n3]\nhb:\n  - web: 80\n",
  "values of another kind": row("{ args: [a], image: {}, restart: sometimes, shared: maybe, env: [a], after: web }"),
  "numbers out of range":
    row('"-p 99999:80"') +
    "hb:\n  - node: n1\n    web: 70000\nheartbeat_interval: 0\nssh: { port: 0 }\nvip_lease: -1\n",
  "numbers as text":
    row('""') + 'hb:\n  - node: n1\n    web: "080"\n  - node: n1\n    web: "99999"\nheartbeat_interval: "20000"\n',
  "a number that is none": row("{ image: a, patience: 1e3 }") + "failover_after: 0x3\n",
  "null where there is nothing to say": "layout:\nhb: ~\ncluster: null\n",
  "what null is elsewhere": row("~"),
  "true and false": row("{ image: a, shared: TRUE }") + "automatic_heartbeat: True\nautostart_containers: enable\n",
  "docker's own words, wrong": row('"-p 80:80 --nmae x --restart=often"'),
  "where in the words":
    "layout:\n  - node: n1\n    web: '-p ''x'' --name b'\n    db: \"-v \\u0041 --name c\"\n    app: -p 80:80 --name d\n",
  "words in several lines":
    'layout:\n  - node: n1\n    web: >\n      -p 80:80\n      --name b\n    db: "-p 80:80\n      --name c"\n',
  "an anchor's mistake": "x-web: &web { image: a, zzz: 1 }\nlayout:\n  - node: n1\n    web: *web\n    db: *web\n",
  "a merge": "x-base: &base { image: a }\nlayout:\n  - node: n1\n    web: { <<: *base, args: 7, other: 1 }\n",
  "a node that there is not":
    row('""') + "hb:\n  - node: n9\n    web: 80\n  - node: n1\n    wbe: 80\nnodes: { n7: {} }\n",
  "a node that there is not, while the layout has a mistake":
    row("7.5e") + "hb:\n  - node: n9\n    web: 80\nnodes: { n7: {} }\n",
  "what is meant, beside a mistake":
    'layout:\n  - node: n1\n    web: [1]\n    db: --name x\n  - node: n1\n    db: ""\n  - 7\n  - node: n2\n    app: --name y\n',
  "twice the same":
    'layout:\n  - node: n1\n    web: ""\n  - node: n1\n    web: ""\ncontainer_host_constraints:\n  - container: web,n1,n2\n  - container: web,n1\n',
  "a virtual IP with mistakes":
    row('""') +
    "vip_ip: 10.0.0.300\nvip_mode: lase\nvip:\n  - node: n1\n    vip_eth_device: eth0\n  - node: n9\n  - vip_eth_device: eth1\n",
  "an object or a text":
    "layout:\n  - node: n1\n    web: { check: tcp }\nhb:\n  - node: n1\n    web: { check: htp, port: 80 }\n",
  "a check with mistakes":
    row('"-p 80:80"') + "hb:\n  - node: n1\n    web: { check: http, port: web, path: 7, zzz: 1 }\n",
  "secrets in sight": row("{ image: a, secrets: { A: hunter2, B: 7, C: [x], D: 'file:' } }"),
  "a password in what was found":
    row('{ image: "https://u:hunter2@r/x" }') + 'elasticsearch: ["https://u:hunter2@es"]\n',
  "a long text": row(`{ restart: "${"very ".repeat(30)}often" }`),
  "so many that they are not all told": `layout:\n  - node: n1\n${Array.from({ length: 103 }, (_, index) => `    c${String(index)}: { zzz: 1 }\n`).join("")}`,
  "unknown keys without an end": row(
    `{ update: { ${Array.from({ length: 55 }, (_, index) => `k${String(index)}: 1`).join(", ")} } }`,
  ),
  "lines that end as on Windows": "layout:\r\n  - node: n1\r\n    web: { zzz: 1 }\r\n",
  "lines that end as on a Mac of old": "layout:\r  - node: n1\r    web: { zzz: 1 }\r",
  "other letters": 'layout:\n  - node: n1\n    "wéb🐳": { image: "é", zzz: 1 }\n',
  "x-keys": "x-mine: { anything: [1] }\nlayout: []\nx_mine: 1\n",
};

test("every mistake is told, with its place", async () => {
  const lines = Object.entries(documents).flatMap(([name, text]) => ["", `# ${name}`, ...told(text)]);
  await expect(`${lines.join("\n").trim()}\n`).toMatchFileSnapshot("problems.txt");
});

test("a relative state folder is warned of behind a link, whose other names lead to another state", () => {
  const text = "layout: []\nstate_dir: state\n";
  expect(told(text)).toEqual(["fine"]);
  expect(told(text, { link: true })).toEqual([
    "fine",
    expect.stringContaining("2:12 warning: it counts from /etc/pictl") as string,
  ]);
  expect(told("layout: []\nstate_dir: /state\n", { link: true })).toEqual(["fine"]);
  expect(told("layout: []\nstate_dir: ~/state\n", { link: true })).toEqual(["fine"]);
});

test("where things are: state, and what counts from the file", () => {
  const text = "layout:\n  - node: n1\n    web: { build: ./web }\n    db: { build: ~/db }\n    app: { build: /app }\n";
  const loaded = (more: object) => loadConfig(text, { ...place, ...more }).config;
  expect(loaded({}).placements.map(({ build }) => build)).toEqual(["/etc/pictl/web", "/root/db", "/app"]);
  expect(loaded({}).stateDir).toBe("/var/lib/pictl");
  const user = { root: false, home: "/home/me" };
  expect(loaded(user).stateDir).toBe("/home/me/.local/state/pictl");
  expect(loaded({ ...user, env: { XDG_STATE_HOME: "/xdg" } }).stateDir).toBe("/xdg/pictl");
  // Whoever runs this, where nobody says who reads it.
  const { root } = placeInText(place.path, place);
  expect(loaded({ ...user, root }).stateDir).toBe(
    process.getuid?.() === 0 ? "/var/lib/pictl" : "/home/me/.local/state/pictl",
  );
  // Which must be absolute, or counts for nothing.
  expect(loaded({ ...user, env: { XDG_STATE_HOME: "xdg" } }).stateDir).toBe("/home/me/.local/state/pictl");
});
