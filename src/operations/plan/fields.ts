import * as field from "../fields.ts";

/** What a plan is made by. */
export const planFields = {
  noRemove: field.flag("Remove nothing: what the layout does not have stays."),
  newest: field.flag(
    "This config is the newest one: also move or remove copies that this machine has not seen it place, which may be newer.",
  ),
  copyVolumes: field.flag("Copy the volumes and folders of what moves, while it is stopped."),
};
