import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const key = "pictl-theme";

export const theme = signal<Theme>(stored());

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // A browser may keep nothing.
  }
});

export function nextTheme(): void {
  theme.value = theme.value === "system" ? "dark" : theme.value === "dark" ? "light" : "system";
}

function stored(): Theme {
  try {
    const text = localStorage.getItem(key);
    return text === "light" || text === "dark" ? text : "system";
  } catch {
    return "system";
  }
}
