// A stock OpenID provider whose tokens name groups: node provider.mjs PORT AUDIENCE GROUP...
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
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  extraTokenClaims: () => ({ groups }),
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: () => ({ ...api, jwt: { sign: { alg: "RS256" } } }) },
  },
});
provider.listen(Number(port), "127.0.0.1");
