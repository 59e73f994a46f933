// The flows, from the email to the end: on a phone and a desktop, with and without scripts.
'use strict';
const assert = require('node:assert');
const { PAGE_TIMEOUT, PHONE, DESKTOP, launch, main, plan } = require('./chromium.js');

main(async () => {
  const { url, key, variants } = plan();
  const browser = await launch();

  async function api(method, path, body) {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  // The newest email to an address that `fits`, once the daemon has sent it.
  async function letter(to, fits) {
    const end = Date.now() + 20000;
    while (Date.now() < end) {
      const letters = await (await fetch(`${url}/mailbox.json`)).json();
      const found = letters.find((one) => one.to === to && fits(one));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no such letter to ${to}`);
  }

  async function flows(variant) {
    const { name, who, hasScripts, isPhone, scheme } = variant;
    const context = await browser.newContext({
      viewport: isPhone ? PHONE : DESKTOP,
      isMobile: isPhone,
      hasTouch: isPhone,
      colorScheme: scheme,
      javaScriptEnabled: hasScripts,
      locale: 'en-GB',
    });
    context.setDefaultTimeout(PAGE_TIMEOUT);
    const page = await context.newPage();
    const used = new Set();
    const heading = async (text) => {
      await page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
    };
    const press = (text) => page.getByRole('button', { name: text, exact: true }).first().click();
    const unfold = (text) => page.locator('summary').filter({ hasText: text }).first().click();
    const says = (text) => page.getByText(text).first().waitFor();

    async function asked(bundle, message) {
      const filed = await api('POST', '/api/bundle_permission_request/', {
        user_target: who.decider.uri, user_allowed: who.asker.uri, bundle, message, level: 'edit',
      });
      const found = await letter(who.decider.email, (one) => one.text.includes('token=') && !used.has(one.id));
      used.add(found.id);
      return { id: filed.id, link: found.text.match(/http\S+token=\S+/)[0] };
    }
    async function code(email) {
      const found = await letter(email, (one) => /^\d{6}$/m.test(one.text) && !used.has(one.id));
      used.add(found.id);
      return found.text.match(/^(\d{6})$/m)[1];
    }

    // From the email to an approval and its undoing.
    const [first, second, third, fourth] = who.bundles;
    let request = await asked(first, 'May I look?');
    await page.goto(request.link);
    assert.strictEqual(page.url(), `${url}/redeem`, 'the address bar is clean');
    await heading('Sign in to answer');
    await press('Mail me a six-digit code');
    await heading('Enter your code');
    const right = await code(who.decider.email);
    await page.getByLabel('Six digits from the letter').fill(right === '123456' ? '654321' : '123456');
    await press('Sign in');
    await says('You have 4 tries left');
    await page.getByLabel('Six digits from the letter').fill(right);
    await press('Sign in');
    await heading(`${who.asker.name} asks for access`);
    await says('May I look?');
    await press('Approve');
    await heading(`You gave ${who.asker.name} view and change access`);
    await press('Undo: take the access back');
    await heading('This access was taken back');

    // With limits, by keyboard only if there is one.
    request = await asked(second);
    await page.goto(request.link);
    await unfold('Approve for less');
    await page.getByLabel('view (look at it, not change it)').check();
    await page.getByLabel('for a week').check();
    if (isPhone) await press('Approve for this');
    else {
      await page.getByRole('button', { name: 'Approve for this' }).focus();
      await page.keyboard.press('Enter');
    }
    await page.getByRole('heading', { level: 1, name: `You gave ${who.asker.name} view access until` }).waitFor();

    // A decline with a reason, then an approval.
    request = await asked(third);
    await page.goto(request.link);
    await unfold('Decline with a word');
    await page.getByLabel('Your words').fill('Not <b>now</b>');
    await press('Decline with these words');
    await heading('You declined');
    await says('Not <b>now</b>');
    await press('Approve instead');
    await heading(`You gave ${who.asker.name} view and change access`);

    // The inbox: declining, blocking and unblocking, revoking, exporting.
    request = await asked(fourth);
    await page.goto(`${url}/inbox`);
    await heading('Inbox');
    await unfold('Block');
    await press(`Block ${who.asker.name}`);
    await says('They can ask you for nothing any more.');
    await press('Undo: lift the block');
    await heading('Whom you blocked');
    await says('The block is lifted.');
    await page.goto(`${url}/inbox`);
    await page.getByRole('link', { name: 'What you gave' }).click();
    await unfold('Take back');
    await press('Take the access back');
    await says('The access is taken back.');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    assert.strictEqual(file.suggestedFilename(), 'given.csv');

    // The wrong account: the link survives switching accounts.
    request = await asked(who.bundles[4]);
    await press('Sign out');
    await heading('Access, with a yes from the right person');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Mail address or username').first().fill(who.asker.email);
    await press('Mail me a code');
    await page.getByLabel('Six digits from the letter').fill(await code(who.asker.email));
    await press('Sign in');
    await heading('Inbox');
    await page.goto(request.link);
    await heading('This link is for somebody else');
    await press('Switch account');
    await heading('Sign in to answer');
    await press('Mail me a six-digit code');
    await page.getByLabel('Six digits from the letter').fill(await code(who.decider.email));
    await press('Sign in');
    await heading(`${who.asker.name} asks for access`);
    await press('Decline');
    await heading('You declined');
    await context.close();
    return name;
  }

  const done = await Promise.all(
    variants.map((variant) =>
      flows(variant).catch((error) => {
        throw new Error(`${variant.name}: ${error.stack}`);
      }),
    ),
  );
  await browser.close();
  return done;
});
