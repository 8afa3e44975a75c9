// A certified OpenID provider with a handful of people, for the tests of single sign-on.
// One line of JSON on standard output says where it listens; tests change its people through /control.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const { redirectUris, clientId, clientSecret } = JSON.parse(process.argv[2]);
const people = new Map();
const jwk = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'RS256',
  kid: 'of-the-tests',
};

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: redirectUris,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['of the tests'] },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub', 'amr'],
      profile: ['preferred_username', 'name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, sub) =>
      people.has(sub) ? { accountId: sub, claims: () => ({ sub, ...people.get(sub) }) } : undefined,
    issueRefreshToken: () => true,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    // Nobody is asked for consent: as where an administrator has given it for everybody.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid offline_access profile email groups');
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', (_, error) => console.error(error));
  const answer = provider.callback();

  const body = async (request) => {
    let text = '';
    for await (const part of request) text += part;
    return text;
  };

  const signIn = async (request, response) => {
    await provider.interactionDetails(request, response);
    if (request.method === 'POST') {
      const sub = new URLSearchParams(await body(request)).get('sub');
      const result = sub
        ? { login: { accountId: sub, amr: ['pwd', 'otp'] } }
        : { error: 'access_denied', error_description: 'cancelled' };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      return;
    }
    const buttons = [...people.entries()]
      .map(([sub, { name }]) => `<button name="sub" value="${sub}">${name}</button>`)
      .join('');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Example ID</title>` +
        `<form method="post">${buttons}<button name="sub" value="">Cancel</button></form></html>`,
    );
  };

  server.on('request', async (request, response) => {
    try {
      if (request.url === '/control') {
        const { sub, claims } = JSON.parse(await body(request));
        if (claims) people.set(sub, claims);
        else people.delete(sub);
        response.end('{}');
      } else if (request.url.startsWith('/interaction/')) {
        await signIn(request, response);
      } else {
        answer(request, response);
      }
    } catch (error) {
      console.error(error);
      response.statusCode = 500;
      response.end();
    }
  });
  console.log(JSON.stringify({ issuer }));
});
