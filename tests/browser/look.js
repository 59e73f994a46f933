// Opens each state of the plan in four variants, and prints its findings: errors by axe-core, elements wider than the smallest
// screen, the page's bytes and their origins. Screenshots go to the plan's folder.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { PAGE_TIMEOUT, PHONE, DESKTOP, SMALLEST, each, launch, main, plan } = require('./chromium.js');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// The steps to a state, by the visible texts.
async function step(page, one) {
  if (one.open) await page.getByText(one.open, { exact: true }).first().click();
  if (one.fill) await page.getByLabel(one.fill[0], { exact: true }).nth(one.nth || 0).fill(one.fill[1]);
  if (one.choose) await page.getByLabel(one.choose).check();
  if (one.spoil) await page.evaluate(() => document.querySelectorAll('input[name=form]').forEach((mark) => (mark.value = 'x')));
  if (one.press) {
    await Promise.all([
      page.waitForNavigation({ waitUntil: 'load' }),
      page.getByRole('button', { name: one.press, exact: true }).first().click(),
    ]);
  }
}

async function judge(page) {
  const found = await page.evaluate(async (rules) => {
    const results = await window.axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
    return results.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  }, RULES);
  return found;
}

// Elements beyond the right edge.
const wide = () => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const over = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > edge + 1);
  return over.map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
};

async function look(context, url, state, out) {
  await context.clearCookies();
  const cookies = Object.entries(state.cookies || {});
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: url + (name.endsWith('-link') ? '/redeem' : '/') })));
  const page = await context.newPage();
  page.setDefaultTimeout(PAGE_TIMEOUT);
  await page.setExtraHTTPHeaders({ 'accept-language': state.languages || 'en' });
  const seen = { weight: 0, sheets: 0, foreign: [], said: [] };
  page.on('console', (message) => seen.said.push(message.text()));
  page.on('pageerror', (error) => seen.said.push(String(error)));
  const loaded = [];
  page.on('response', (response) => loaded.push(response));
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(url + state.path, { waitUntil: 'load' });
  for (const one of state.steps || []) {
    loaded.length = 0;
    await step(page, one);
  }
  for (const response of loaded) {
    const at = new URL(response.url());
    if (at.origin !== url) seen.foreign.push(at.href);
    if (response.status() >= 300 && response.status() < 400) continue;
    if (at.pathname.endsWith('.css')) seen.sheets += 1;
    seen.weight += (await response.body().catch(() => Buffer.alloc(0))).length;
  }
  seen.heading = await page.locator('h1').first().innerText();
  seen.lang = await page.locator('html').getAttribute('lang');
  await page.evaluate(AXE);
  // Where the buttons of a decision end, on the first screen of a phone.
  seen.answers = await page.evaluate(() => document.querySelector('.answers')?.getBoundingClientRect().bottom ?? null);
  if (seen.answers) await page.screenshot({ path: path.join(out, `${state.name}.first-screen.png`) });
  const shot = (look) => page.screenshot({ path: path.join(out, `${state.name}.${look}.png`), fullPage: true });
  await shot('phone-light');
  seen.axe = await judge(page);
  seen.wide = await page.evaluate(wide);
  if (!state.brief) {
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await shot('phone-dark');
    await page.setViewportSize(DESKTOP);
    await shot('desktop-dark');
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await shot('desktop-light');
  }
  // With everything expanded, in the other colour scheme.
  const folded = await page.evaluate(() => {
    const all = [...document.querySelectorAll('details')];
    all.forEach((one) => (one.open = true));
    return all.length;
  });
  await page.setViewportSize(SMALLEST);
  seen.wide.push(...(await page.evaluate(wide)));
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  if (folded || !state.brief) seen.axe.push(...(await judge(page)));
  if (folded) await shot('open-dark');
  await page.close();
  return seen;
}

main(async () => {
  const { url, out, states } = plan();
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const browser = await launch();
  const workers = 3;
  const contexts = await Promise.all(Array.from({ length: workers }, () => browser.newContext()));
  const seen = {};
  await each(states, workers, async (state, worker) => {
    try {
      seen[state.name] = await look(contexts[worker], url, state, out);
      // Says how far a run came that is killed.
      console.error(`${Math.round(performance.now() / 1000)} s: ${state.name}`);
    } catch (error) {
      throw new Error(`${state.name}: ${error.stack}`);
    }
  });
  // Checks that axe-core works, with a page that has two errors.
  const page = await contexts[0].newPage();
  await page.setContent('<html lang="en"><title>x</title><main><h1 style="color:#aaa;background:#fff">Hardly to be read</h1><input></main>');
  await page.evaluate(AXE);
  const spoiled = await judge(page);
  await browser.close();
  return { seen, spoiled };
});
