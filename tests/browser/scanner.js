// A thorough mail scanner: opens a link in a browser that runs scripts, and clicks every link on every page that it reaches.
// It clicks no button of a form.
'use strict';
const { launch, main, plan } = require('./chromium.js');

main(async () => {
  const { url, starts, cookies } = plan();
  const browser = await launch();
  const context = await browser.newContext({ acceptDownloads: true });
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url })));
  const page = await context.newPage();
  const seen = new Set();
  const clicked = new Set();
  const queue = starts.map((path) => url + path);
  let buttons = 0;
  while (queue.length) {
    const address = queue.shift();
    if (seen.has(address)) continue;
    seen.add(address);
    const arrived = await page.goto(address, { waitUntil: 'load' }).catch((error) => {
      // A download is no page.
      if (!String(error).includes('Download is starting')) throw error;
    });
    if (!arrived) continue;
    buttons += await page.locator('form button').count();
    await page.locator('summary').evaluateAll((all) => all.forEach((one) => one.click()));
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.href]));
    for (const [href, to] of links) {
      if (new URL(to).origin !== url) continue;
      if (!clicked.has(to)) {
        clicked.add(to);
        const link = page.locator(`a[href="${href}"]`).first();
        const isFile = await link.evaluate((one) => one.hasAttribute('download'));
        const click = () => link.evaluate((one) => one.click());
        if (isFile) await Promise.all([page.waitForEvent('download'), click()]);
        else if (to.includes('#')) await click();
        else await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), click()]);
        await page.goto(address, { waitUntil: 'load' });
      }
      queue.push(to.split('#')[0]);
    }
  }
  await browser.close();
  return { pages: [...seen].map((address) => new URL(address).pathname).sort(), clicked: clicked.size, buttons };
});
