// Speaking to the sandbox. Every failure becomes an Error whose message is a sentence to show.

async function spoken(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `The sandbox answered ${answer.status}.`);
  return said;
}

export const see = (path) => spoken(path);

export const say = (path, body = {}) =>
  spoken(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

// Calls `news` after every change, and `lost(true or false)` as the connection comes and goes.
export function listen(news, lost) {
  const address = new URL("live", document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const connect = () => {
    const socket = new WebSocket(address);
    socket.onopen = () => lost(false);
    socket.onmessage = news;
    socket.onclose = () => {
      lost(true);
      setTimeout(connect, 1000);
    };
  };
  connect();
}
