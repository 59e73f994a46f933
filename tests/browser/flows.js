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
    throw new Error(`no such email to ${to}`);
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
    // The heading goes on with the name of the data.
    const starts = async (text) => {
      await page.getByRole('heading', { level: 1, name: text }).waitFor();
    };
    const press = (text) => page.getByRole('button', { name: text, exact: true }).first().click();
    const unfold = (text) => page.locator('summary').filter({ hasText: text }).first().click();
    // Goes to a control with the Tab key. Nothing may lie above what has the focus.
    async function tabTo(text) {
      for (let tab = 0; tab < 60; tab += 1) {
        await page.keyboard.press('Tab');
        const { name, isSeen } = await page.evaluate(() => {
          const one = document.activeElement;
          const { x, y, width, height } = one.getBoundingClientRect();
          const top = document.elementFromPoint(x + width / 2, y + height / 2);
          const label = one.labels && one.labels.length ? one.labels[0] : one;
          const isSeen = one.classList.contains('skip') || one.contains(top) || (top !== null && top.contains(one));
          return { name: label.textContent.trim(), isSeen };
        });
        assert.ok(isSeen, `something covers ${name}`);
        if (name.startsWith(text)) return;
      }
      throw new Error(`${text} cannot be reached by keyboard`);
    }
    const key = async (text) => {
      await tabTo(text);
      await page.keyboard.press('Enter');
    };
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
    await heading('Confirm it’s you');
    await press('Email me a sign-in code');
    await heading('Enter your sign-in code');
    const right = await code(who.decider.email);
    await page.getByLabel('6-digit code').fill(right === '123456' ? '654321' : '123456');
    await press('Sign in');
    await says('You have 4 attempts left');
    await page.getByLabel('6-digit code').fill(right);
    await press('Sign in');
    await starts(`${who.asker.name} wants to view and change your`);
    await says('May I look?');
    await press('Approve');
    await starts(`${who.asker.name} can now view and change`);
    await press('Stop sharing');
    await heading(`${who.asker.name} no longer has access`);

    // With limits, by keyboard alone from the email's link to the confirmation, in a browser that is not signed in.
    request = await asked(second);
    await context.clearCookies();
    await page.goto(request.link);
    await key('Email me a sign-in code');
    await heading('Enter your sign-in code');
    await tabTo('6-digit code');
    await page.keyboard.type(await code(who.decider.email));
    await page.keyboard.press('Enter');
    await starts(`${who.asker.name} wants to view and change your`);
    await key('Limit access');
    await tabTo('View and change');
    await page.keyboard.press('ArrowDown');
    await tabTo('As requested');
    for (let down = 0; down < 2; down += 1) await page.keyboard.press('ArrowDown');
    await key('Approve with these limits');
    await starts(`${who.asker.name} can now view`);
    await page.getByRole('row', { name: 'Permissions View and change View only' }).waitFor();

    // A decline with a reason, then an approval.
    request = await asked(third);
    await page.goto(request.link);
    await unfold('Decline with a reason');
    await page.getByLabel('Reason').fill('Not <b>now</b>');
    await press('Decline with this reason');
    await heading('You declined');
    await says('Not <b>now</b>');
    await press('Approve instead');
    await starts(`${who.asker.name} can now view and change`);

    // The inbox: declining, blocking and unblocking, revoking, exporting.
    request = await asked(fourth);
    await page.goto(`${url}/inbox`);
    await heading('Inbox');
    await unfold('Block');
    await press(`Block ${who.asker.name}`);
    await says('Blocked. They can no longer send you requests.');
    await press('Undo: unblock');
    await heading('Blocked people and apps');
    await says('Unblocked. They can send you requests again.');
    await page.goto(`${url}/inbox`);
    await page.getByRole('link', { name: 'People with access' }).click();
    await unfold('Stop sharing');
    await press('Stop sharing');
    await says('You stopped sharing.');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    assert.strictEqual(file.suggestedFilename(), 'given.csv');

    // A decision in the inbox: the session was opened by a code, which proves the mailbox.
    await asked(who.bundles[5]);
    await page.goto(`${url}/inbox`);
    await page.getByRole('link', { name: `Review the request from ${who.asker.name}` }).first().click();
    await starts(`${who.asker.name} wants to view and change your`);
    await press('Approve');
    await starts(`${who.asker.name} can now view and change`);

    // The wrong account: the link survives switching accounts.
    request = await asked(who.bundles[4]);
    await press('Sign out');
    await heading('Share your data on your terms');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Email address or username').first().fill(who.asker.email);
    await press('Email me a sign-in code');
    await page.getByLabel('6-digit code').fill(await code(who.asker.email));
    await press('Sign in');
    await heading('Inbox');
    await page.goto(request.link);
    await heading('This link is for someone else');
    await press('Switch account');
    await heading('Confirm it’s you');
    await press('Email me a sign-in code');
    await page.getByLabel('6-digit code').fill(await code(who.decider.email));
    await press('Sign in');
    await starts(`${who.asker.name} wants to view and change your`);
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
