import { useState } from "preact/hooks";
import { logIn, loginNote } from "../state/session.ts";

export function Login() {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    setBusy(true);
    setProblem(await logIn({ username: field("username"), password: field("password") }));
    setBusy(false);
  };
  const note = problem || loginNote.value;
  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <h1>
          <img src="icon.svg" alt="" width="36" height="36" /> pictl
        </h1>
        <label>
          User
          <input name="username" type="text" autocomplete="username" autocapitalize="none" autofocus required />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {note !== "" && (
          <p class="problem" role="alert">
            {note}
          </p>
        )}
        <button type="submit" class="solid" disabled={busy}>
          {busy ? "Logging in …" : "Log in"}
        </button>
        <p class="quiet">
          <code>pictl serve user add</code> makes a user.
        </p>
      </form>
    </main>
  );
}
