// Opens each email at the widths of the plan in both colour schemes, and prints what is wrong with it.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { PAGE_TIMEOUT, PHONE, SMALLEST, each, launch, main, plan } = require('./chromium.js');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
// An email is shown within a page of the mail program, which has the landmarks.
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [PHONE.width, 600, SMALLEST.width];

async function judge(page, { name, isDeciding }, { folder, out }) {
  const wrong = [];
  await page.goto(`file://${path.join(folder, `${name}.html`)}`);
  await page.evaluate(AXE);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: PHONE.height });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) wrong.push(`${width} ${scheme}: ${over} pixels too wide`);
      if (width !== PHONE.width) continue;
      const found = await page.evaluate(async (rules) => {
        const results = await window.axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
        return results.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
      }, RULES);
      wrong.push(...found.map((one) => `${scheme}: ${one}`));
    }
    if (width === PHONE.width && isDeciding) {
      const { y, height } = await page.locator('a.button').boundingBox();
      if (y + height > PHONE.height) wrong.push(`the button ends at ${y + height}`);
    }
    await page.screenshot({ path: path.join(out, `${name}.${width}.png`), fullPage: true });
  }
  return { name, wrong };
}

main(async () => {
  const { folder, out, emails } = plan();
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const browser = await launch();
  const workers = 3;
  const pages = await Promise.all(Array.from({ length: workers }, () => browser.newPage()));
  pages.forEach((page) => page.setDefaultTimeout(PAGE_TIMEOUT));
  const seen = [];
  await each(emails, workers, async (email, worker) => seen.push(await judge(pages[worker], email, { folder, out })));
  await browser.close();
  return seen;
});
