/** Who is signed in, in this browser: a token, which never stands in an address that a server sees. */

const KEPT_AS = "maycall.token";

/** Takes the token out of the address, where the link that signs in has put it, and out of the history. */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  localStorage.setItem(KEPT_AS, token);
  history.replaceState(null, "", location.pathname + location.search);
}

export function keptToken(): string | null {
  return localStorage.getItem(KEPT_AS);
}

export function keepToken(token: string): void {
  localStorage.setItem(KEPT_AS, token);
}

export function forgetToken(): void {
  localStorage.removeItem(KEPT_AS);
}
