import { titles, type View, views } from "../../lists/index.ts";
import type { State } from "../types.ts";

export interface TabPlace {
  readonly view: View;
  readonly text: string;
  readonly from: number;
  /** Behind its last column. */
  readonly to: number;
}

/** Where each view's name stands in the second line; where there is no room, only the number of those that are not shown. */
export function tabPlaces({ size, view }: Pick<State, "size" | "view">): readonly TabPlace[] {
  const whole = views.map((each, index) => ` ${index + 1} ${titles[each]} `);
  const tight = views.map((each, index) => `${index + 1} ${titles[each]}${index < views.length - 1 ? " " : ""}`);
  const short = views.map((each, index) => (each === view ? ` ${index + 1} ${titles[each]} ` : ` ${index + 1} `));
  const texts = [whole, tight, short].find((each) => each.join("").length <= size.columns) ?? short;
  let from = 0;
  return texts.map((text, index) => {
    const place = { view: views[index] ?? "pulse", text, from, to: from + text.length };
    from = place.to;
    return place;
  });
}
