import { expect, test } from "vitest";
import { type Branch, broadcast } from "../../../../src/app/kit/streams/broadcast.ts";

test("every branch gets every chunk", async () => {
  const { branches } = broadcast(chunks("a", "b", "c"), 3);
  expect(await Promise.all(branches.map(read))).toEqual(["abc", "abc", "abc"]);
});

test("nothing is read before every branch wants it", async () => {
  const asked: number[] = [];
  const { branches } = broadcast(counted(asked, 100), 2);
  const [fast, slow] = branches.map((branch) => branch[Symbol.asyncIterator]());
  const first = fast?.next();
  await turn();
  expect(asked).toEqual([]);
  await slow?.next();
  await first;
  void fast?.next();
  await turn();
  expect(asked).toEqual([0]);
});

test("who leaves holds up nobody, waiting or not", async () => {
  const { branches } = broadcast(chunks("a", "b"), 3);
  const [one, two, three] = branches as [Branch, Branch, Branch];
  const reading = read(one);
  const gone = two[Symbol.asyncIterator]().next();
  await turn();
  two.leave();
  expect(await gone).toEqual({ done: true, value: undefined });
  three.leave();
  three.leave();
  expect(await reading).toBe("ab");
  expect(await read(three)).toBe("");
});

test("a source that fails fails for all: half an input must not pass for a whole one", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes("a");
    throw new Error("read error");
  }
  const { branches } = broadcast(broken(), 2);
  const ends = await Promise.allSettled(branches.map(read));
  expect(ends.map((end) => end.status)).toEqual(["rejected", "rejected"]);
});

async function read(branch: Branch): Promise<string> {
  let text = "";
  for await (const chunk of branch) text += new TextDecoder().decode(chunk);
  return text;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

async function* counted(asked: number[], count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) {
    asked.push(index);
    yield bytes("x");
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Lets everything that can go on without input do so. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
