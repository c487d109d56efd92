// Every audit of the package graphql-http, against a server that lets nobody in without a token.

import { serverAudits } from "graphql-http";

const { URL: url, TOKEN: token } = process.env;

const fetchFn = (address, { headers, ...options } = {}) =>
  fetch(address, { ...options, headers: { ...headers, authorization: `Bearer ${token}` } });

for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  console.log(JSON.stringify({ id: result.id, name: result.name, status: result.status, reason: result.reason ?? null }));
}
