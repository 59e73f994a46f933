// From an email to a provider and back, with the provider's received parameters: on a phone and a desktop, with and without
// scripts.
'use strict';
const assert = require('node:assert');
const { PAGE_TIMEOUT, PHONE, DESKTOP, launch, main, plan } = require('./chromium.js');

main(async () => {
  const { url, provider, variants } = plan();
  const browser = await launch();

  async function flow({ name, link, isPhone, hasScripts }) {
    const context = await browser.newContext({
      viewport: isPhone ? PHONE : DESKTOP,
      isMobile: isPhone,
      javaScriptEnabled: hasScripts,
      locale: 'en-GB',
    });
    context.setDefaultTimeout(PAGE_TIMEOUT);
    const page = await context.newPage();
    const told = [];
    page.on('request', (request) => {
      if (request.url().startsWith(provider)) told.push(request.url() + JSON.stringify(request.headers()));
    });
    const heading = (text) => page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();

    await page.goto(link);
    await heading('Confirm it’s you');
    await page.getByRole('link', { name: 'Sign in with Work' }).click();
    await page.getByPlaceholder('Enter any login').fill('ann');
    await page.getByPlaceholder('and password').fill('x');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    // A new provider account decides only once the mailbox has confirmed it.
    const asked = page.getByRole('heading', { level: 1, name: 'Bob wants to view and change your' });
    const ask = page.getByRole('button', { name: 'Email me a code' });
    await asked.or(ask).waitFor();
    if (await ask.isVisible()) {
      await ask.click();
      const field = page.locator('input[name=code]');
      await field.waitFor();
      let code;
      for (let tries = 0; !code && tries < 100; tries++) {
        const emails = await (await fetch(`${url}/mailbox.json`)).json();
        code = emails.map((email) => email.text.match(/^\s*(\d{6})\s*$/m)).find(Boolean)?.[1];
        if (!code) await page.waitForTimeout(100);
      }
      await field.fill(code);
      await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    }
    await asked.waitFor();
    assert.strictEqual(page.url(), `${url}/redeem`, 'back where one came from, and the address bar is clean');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    // The heading goes on with the name of the data.
    await page.getByRole('heading', { level: 1, name: 'Bob can now view and change' }).waitFor();
    const cookies = (await context.cookies(url)).map((cookie) => cookie.name);
    assert.ok(!cookies.includes('countersign-elsewhere'), `${cookies}`);

    const token = new URL(link).searchParams.get('token');
    assert.ok(told.length > 2, 'the browser was there');
    for (const one of told) {
      assert.ok(!one.includes(token) && !one.includes('csr_'), `the provider was told the token: ${one}`);
      assert.ok(!new RegExp(`"referer":"${url}`).test(one), `the provider was told where one came from: ${one}`);
    }
    await context.close();
    return name;
  }

  const done = [];
  for (const variant of variants) {
    try {
      done.push(await flow(variant));
    } catch (error) {
      throw new Error(`${variant.name}: ${error.stack}`);
    }
  }
  await browser.close();
  return done;
});
