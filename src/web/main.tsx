import { render } from "preact";
import { App } from "./app.tsx";
import { begin } from "./state/session.ts";
import "./state/theme.ts";
import "./style/index.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
void begin();
