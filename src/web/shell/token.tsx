import { useState } from 'preact/hooks';
import type { Problem } from '../wire.ts';
import { useSession } from './context.ts';

/** Asks for a token where the daemon wants one. */
export function TokenPrompt({ problem }: { readonly problem: Problem | null }) {
  const session = useSession();
  const [token, setToken] = useState('');
  const isUsable = /^[\w.~+/=-]+$/.test(token.trim());
  const submit = (event: Event) => {
    event.preventDefault();
    if (isUsable) session.useToken(token.trim());
  };
  return (
    <main class="page narrow gate">
      <h1>This Weir asks for a token</h1>
      <p class="soft">
        Whoever runs it makes one with <code>weir token create</code>. It is kept until this tab is closed, and is never
        part of an address.
      </p>
      <form onSubmit={submit}>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellcheck={false}
          required
          value={token}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : 'token-problem'}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        {problem !== null && (
          <p class="note bad" id="token-problem" role="alert">
            {problem.message}
            {problem.remedy !== null && ` – ${problem.remedy}`}
          </p>
        )}
        <button type="submit" class="primary" disabled={!isUsable}>
          Connect
        </button>
      </form>
    </main>
  );
}
