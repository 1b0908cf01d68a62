// A stock OpenID provider whose tokens name groups: node provider.mjs PORT AUDIENCE GROUP...
// People sign in under any name with any password, and are sent to REDIRECT_URI of the environment.
import { Provider } from "oidc-provider";

const [port, audience, ...groups] = process.argv.slice(2);
const api = { audience, scope: "openid", accessTokenFormat: "jwt", accessTokenTTL: 600 };
const client = {
  client_id: "portal",
  client_secret: "of-the-portal",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
};
const portal = {
  client_id: "hilum",
  client_secret: "of-the-gateway",
  redirect_uris: process.env.REDIRECT_URI ? [process.env.REDIRECT_URI] : [],
  ...(process.env.REDIRECT_URI ? {} : { grant_types: [], response_types: [] }),
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client, portal],
  claims: { openid: ["sub", "groups"] },
  conformIdTokenClaims: false,
  findAccount: (_, name) => ({ accountId: name, claims: () => ({ sub: name, groups }) }),
  extraTokenClaims: () => ({ groups }),
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: () => ({ ...api, jwt: { sign: { alg: "RS256" } } }) },
  },
});
provider.listen(Number(port), "127.0.0.1");
