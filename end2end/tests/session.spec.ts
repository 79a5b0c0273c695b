// Coming in and going out: login and its refusals, lockout, first password, deep links, logout, sessions.

import { readFileSync } from 'node:fs';
import { type Page } from '@playwright/test';
import { accessible, expect, logIn, login, test, visit } from '../kit';
import { ask, call, newPerson, newPolicy, unique } from '../organisation';

async function tryToLogIn(page: Page, owner: string, username: string, password: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Root account UIN').fill(owner);
  await page.getByLabel('User name, or e-mail address of a root account').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const REFUSED = 'Wrong root account, user name or password.';

test('a root account logs in with its e-mail address and out from the account menu', async ({ page }) => {
  await logIn(page, login('root'));
  await visit(page, '/account');
  const cookies = await page.context().cookies();
  await page.getByRole('button', { name: 'Account', exact: false }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login$/);
  // The session is over, not only forgotten by this browser.
  await page.context().addCookies(cookies);
  expect((await ask(page, 'session')).status()).toBe(401);
});

test('a sub-account logs in by the login link of its root account', async ({ page }) => {
  const who = login('operation');
  await page.goto(`/login/${who.owner}`);
  await expect(page.getByLabel('Root account UIN')).toHaveValue(who.owner);
  await page.getByLabel('User name, or e-mail address of a root account').fill(who.username);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('button', { name: who.username })).toBeVisible();
});

test('a wrong password and an unknown account are refused in the same words, and the name is kept', async ({ page, trap }) => {
  trap.expect(401, '/login');
  const who = login('operation');
  for (const [username, password] of [
    [who.username, 'not the password'],
    ['nobody-here', who.password],
  ]) {
    await tryToLogIn(page, who.owner, username, password);
    await expect(page.getByRole('alert')).toContainText(REFUSED);
    await expect(page.getByLabel('User name, or e-mail address of a root account')).toHaveValue(username);
    await expect(page.getByLabel('Password')).toHaveValue('');
  }
});

test('an account that was guessed at waits, even with the right password, and its page says so', async ({ open, page, trap }) => {
  const root = await open('root');
  const who = await newPerson(root);
  for (let guess = 0; guess < 5; guess += 1) {
    const form = { owner: who.owner, username: who.username, password: `guess ${guess}` };
    expect((await page.request.post('/login', { form, maxRedirects: 0 })).status()).toBe(401);
  }
  trap.expect(429, '/login');
  await tryToLogIn(page, who.owner, who.username, who.password);
  await expect(page.getByRole('alert')).toContainText(/Too many attempts\. Try again in \d+ s\./);
  await visit(root, `/cam/users/${who.uin}`);
  await expect(root.getByText('Too many failed logins.')).toBeVisible();
});

test('root creates a user, sees the credential once, and the user must change the password first', async ({ open, page }) => {
  const root = await open('root');
  const name = unique('first');
  await visit(root, '/cam/users/new');
  await root.getByLabel('User name').fill(name);
  await root.getByRole('button', { name: 'Create user' }).click();
  await expect(root.getByRole('heading', { name: 'The user was created' })).toBeVisible();
  const waiting = root.waitForEvent('download');
  await root.getByRole('link', { name: 'Download CSV' }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe(`${name}-credential.csv`);
  const [head, row] = readFileSync(await file.path(), 'utf8').split('\r\n');
  expect(head).toBe('user_name,password,uin,login_link');
  const [user, password, uin, link] = row.split('","').map((part) => part.replaceAll('"', ''));
  expect(user).toBe(name);
  expect(new URL(link).pathname).toBe(`/login/${login('root').owner}`);
  // Shown once: neither the page of the user nor the form, opened anew, has it.
  for (const path of [`/cam/users/${uin}`, '/cam/users/new']) {
    await root.goto(path);
    expect(await root.content()).not.toContain(password);
  }

  await tryToLogIn(page, login('root').owner, name, password);
  await expect(page.getByRole('heading', { name: 'Change your password' })).toBeVisible();
  await page.goto('/apps');
  await expect(page).toHaveURL(/\/password$/);
  await accessible(page);
  await page.getByLabel('Current password').fill(password);
  await page.getByLabel('New password', { exact: true }).fill('Another-word-42');
  await page.getByLabel('Confirm new password').fill('Another-word-42');
  await page.getByRole('button', { name: 'Change password' }).click();
  // Nothing is granted yet, so this is where it begins.
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('main')).toContainText(name);
});

test('a deep link is where a login leads, but never to another site', async ({ page }) => {
  const path = `/apps/${login('auditor').apps[0]}/features?from=mail`;
  const who = login('auditor');
  const fill = async () => {
    await page.getByLabel('Root account UIN').fill(who.owner);
    await page.getByLabel('User name, or e-mail address of a root account').fill(who.username);
    await page.getByLabel('Password').fill(who.password);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  await page.goto(path);
  await expect(page).toHaveURL(/\/login\?next=/);
  await fill();
  await expect(page).toHaveURL(path);
  await page.context().clearCookies();
  await page.goto('/login?next=//example.com/');
  await fill();
  await expect(page).toHaveURL('/');
});

test('a session that is ended under My account is over for the other browser', async ({ open }) => {
  const root = await open('root');
  const who = await newPerson(root);
  const [here, there] = [await open(who), await open(who)];
  expect((await ask(there, 'session')).status()).toBe(200);
  await visit(here, '/account');
  const rows = here.getByRole('table', { name: 'Your sessions' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText(/^(Headless )?Chrome \d+ on \w+/);
  await here.getByRole('button', { name: 'End' }).click();
  await expect(rows).toHaveCount(2);
  await there.goto('/account');
  await expect(there).toHaveURL(/\/login\?next=/);
  expect((await ask(here, 'session')).status()).toBe(200);
});

test('a session that ends under a form: the login comes over the page, and what was typed is still there', async ({ open, trap }) => {
  trap.expect(401, /^\/(call\/.*|login)$/);
  const root = await open('root');
  const who = await newPerson(root, await newPolicy(root, 'cam:*'));
  const page = await open(who);
  await visit(page, '/cam/groups');
  await page.locator('#create > summary').click();
  const form = page.getByRole('dialog', { name: 'Create user group' });
  const name = unique('kept');
  await form.getByLabel('Name').fill(name);
  expect((await call(root, 'users/end-sessions', { uin: who.uin })).status()).toBe(200);
  await form.getByRole('button', { name: 'Create' }).click();
  const login = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(login.getByLabel('User name, or e-mail address of a root account')).toHaveValue(who.username);
  await expect(login.getByLabel('Password')).toBeFocused();
  await accessible(page);
  await login.getByLabel('Password').fill('not the password');
  await login.getByRole('button', { name: 'Log in' }).click();
  await expect(login.getByRole('alert')).toContainText(REFUSED);
  await login.getByLabel('Password').fill(who.password);
  await login.getByRole('button', { name: 'Log in' }).click();
  await expect(login).toBeHidden();
  await expect(form.getByLabel('Name')).toHaveValue(name);
  await expect(form.getByRole('alert')).toHaveCount(0);
  await form.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('a logout in another tab is noticed with the next step, which goes on after the login; somebody else begins anew', async ({ open, trap }) => {
  trap.expect(401, /^\/call\//);
  const root = await open('root');
  const policy = await newPolicy(root, 'cam:*', 'trtc:DescribeAppStatList');
  const [who, other] = [await newPerson(root, policy), await newPerson(root, policy)];
  const page = await open(who);
  const login = page.getByRole('dialog', { name: 'Your session has ended' });
  const enter = async (username: string, password: string) => {
    await login.getByLabel('User name, or e-mail address of a root account').fill(username);
    await login.getByLabel('Password').fill(password);
    await login.getByRole('button', { name: 'Log in' }).click();
  };
  const navigation = page.getByRole('navigation', { name: 'Main' });
  await visit(page, '/account');
  await page.request.post('/logout');
  await navigation.getByRole('link', { name: 'User groups' }).click();
  await expect(login).toBeVisible();
  await enter(who.username, who.password);
  await expect(login).toBeHidden();
  await expect(page.getByRole('table', { name: 'User groups' })).toBeVisible();
  await page.request.post('/logout');
  await page.locator('.account-opener').click();
  await page.getByRole('link', { name: 'My account' }).click();
  await expect(login).toBeVisible();
  await expect(page.getByText(/session has ended/i), 'said once, however many parts the page has').toHaveCount(1);
  await enter(who.username, who.password);
  await expect(login).toBeHidden();
  await page.request.post('/logout');
  await navigation.getByRole('link', { name: 'Users' }).click();
  await expect(login).toBeVisible();
  await enter(other.username, other.password);
  await expect(page.getByRole('button', { name: other.username })).toBeVisible();
  await expect(page).toHaveURL('/');
});
