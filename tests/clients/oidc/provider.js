// A published OpenID Connect provider (oidc-provider) with the plan's people. After POST /lie it sends wrong answers, signed
// with its own keys; everything else stays as it is.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { pathToFileURL } = require('node:url');

const load = (name) => import(pathToFileURL(require.resolve(name)));
const plan = JSON.parse(process.env.PLAN);

function pair(kid, kind, options, alg) {
  const { privateKey } = crypto.generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}
const KEYS = {
  first: pair('first', 'rsa', { modulusLength: 2048 }, 'RS256'),
  second: pair('second', 'ec', { namedCurve: 'P-256' }, 'ES256'),
  // Has the issuer of the first one.
  stranger: pair('first', 'rsa', { modulusLength: 2048 }, 'RS256'),
};
const shown = ({ kty, kid, alg, use, n, e, crv, x, y }) => ({ kty, kid, alg, use, n, e, crv, x, y });

// Replaces the claims of an ID token, and signs it again.
async function altered(jose, token, lie) {
  const claims = { ...jose.decodeJwt(token), ...lie.claims };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  if (lie.key === 'none') return `${part({ alg: 'none' })}.${part(claims)}.`;
  const key = KEYS[lie.key || 'first'];
  const signed = new jose.SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid });
  return signed.sign(await jose.importJWK(key, key.alg));
}

async function main() {
  const [{ default: Provider }, jose] = [await load('oidc-provider'), await load('jose')];
  const url = plan.tls ? `https://localhost:${plan.port}` : `http://127.0.0.1:${plan.port}`;
  const provider = new Provider(url, {
    clients: plan.clients,
    jwks: { keys: [KEYS.first] },
    cookies: { keys: ['a key for a test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'locale'] },
    // Otherwise claims come by userinfo only, as the standard would have it.
    conformIdTokenClaims: !plan.claimsInIdToken,
    pkce: { methods: ['S256'], required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...plan.people[id] }) }),
  });
  let lie = {};
  const seen = [];
  provider.use(async (ctx, next) => {
    if (ctx.path === '/lie') {
      let text = '';
      for await (const part of ctx.req) text += part;
      lie = JSON.parse(text);
      ctx.body = { seen };
      return;
    }
    seen.push({ path: ctx.path, url: ctx.url, referer: ctx.get('referer') || null });
    // This provider accepts a secret either way. Others insist on the registered way.
    if (plan.insistsOn && ctx.path === '/token' && Boolean(ctx.get('authorization')) !== (plan.insistsOn === 'basic')) {
      ctx.status = 401;
      ctx.body = { error: 'invalid_client' };
      return;
    }
    // Some providers do not decode name and secret in Basic. This one does, so they are encoded for it.
    if (plan.isRaw && ctx.path === '/token' && ctx.get('authorization')) {
      const text = Buffer.from(ctx.get('authorization').slice('Basic '.length), 'base64').toString();
      const [id, secret] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
      const pair = [id, secret].map(encodeURIComponent).join(':');
      ctx.req.headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    if (lie.hangs === ctx.path) await new Promise(() => {});
    if (lie.answers && ctx.path in lie.answers) {
      ctx.body = lie.answers[ctx.path];
      return;
    }
    await next();
    if (ctx.path === '/token' && ctx.body.id_token && (lie.claims || lie.key)) {
      ctx.body.id_token = await altered(jose, ctx.body.id_token, lie);
    }
    if (ctx.path === '/jwks' && lie.keys) ctx.body = { keys: lie.keys.map((name) => shown(KEYS[name])) };
    if (ctx.path === '/.well-known/openid-configuration') ctx.body = { ...ctx.body, ...lie.metadata };
    if (ctx.path === '/me') ctx.body = { ...ctx.body, ...lie.me };
  });
  const read = (name) => fs.readFileSync(`${plan.tls}/${name}`);
  const server = plan.tls
    ? https.createServer({ key: read('server.key'), cert: read('server.pem') }, provider.callback())
    : http.createServer(provider.callback());
  server.listen(plan.port, '127.0.0.1', () => process.stdout.write('ready\n'));
  // It ends with the process that started it.
  process.stdin.resume().on('end', () => process.exit(0));
}

main().catch((error) => {
  console.error(error.stack || error);
  process.exit(1);
});
