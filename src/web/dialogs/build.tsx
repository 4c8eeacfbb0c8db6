import { useState } from "preact/hooks";
import { Act } from "../parts/controls/act.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { Picker } from "../parts/controls/picker.tsx";
import { deed } from "../state/doing.ts";

/** Builds images on the nodes that the layout places them on. */
export function Build({ onClose }: { readonly onClose: () => void }) {
  const [image, setImage] = useState<readonly string[]>([]);
  const [force, setForce] = useState(false);
  const [noCache, setNoCache] = useState(false);
  const [pull, setPull] = useState(false);
  const input = { image, all: image.length === 0, force, noCache, pull };
  const what = image.length === 0 ? "all images" : image.join(", ");
  return (
    <Act title="Build images" deed={deed("image.build", input, { title: `Build ${what}` })} onClose={onClose}>
      <p class="quiet">On the nodes where the layout places them; what is there of the same files already is left.</p>
      <Picker none="all that are built" chosen={image} onChoose={setImage} />
      <Switch label="Also where the node has an image of the same files" on={force} onChange={setForce} />
      <Switch label="Build every step anew, without the cache" on={noCache} onChange={setNoCache} />
      <Switch label="Ask the registry for newer base images" on={pull} onChange={setPull} />
    </Act>
  );
}
