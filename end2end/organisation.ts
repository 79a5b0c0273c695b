// Accounts and policies of a story's own, and server functions called by hand with the cookies of a browser.
//
// A story that changes rights makes the account it changes: it must never leave a demo login other than it found it.

import { type APIResponse, type Locator, type Page, expect, request } from '@playwright/test';
import { type Login, type Open, login } from './kit';

/** What a server function takes, as a form posts it; a list is named `policies[]`. */
type Fields = Record<string, string | number | boolean>;

/** Posts to a server function as the scripts of the page would. */
export function call(page: Page, endpoint: string, form: Fields): Promise<APIResponse> {
  return page.request.post(`/call/${endpoint}`, { form, headers: { accept: 'application/json' } });
}

/** Asks a reading server function. */
export function ask(page: Page, endpoint: string, params: Fields = {}): Promise<APIResponse> {
  return page.request.get(`/call/${endpoint}`, { params, headers: { accept: 'application/json' } });
}

/** As [`call`] and [`ask`]: the answer of a call that is to succeed. */
async function answer<T>(response: APIResponse): Promise<T> {
  expect(response.status(), await response.text()).toBe(200);
  return response.json();
}

let made = 0;

/** A name that no other story uses. */
export function unique(stem: string): string {
  made += 1;
  return `${stem}-${made}-${Date.now().toString(36)}`;
}

/** One statement as a policy document. */
export function document(...actions: string[]): string {
  return JSON.stringify({ version: '2.0', statement: [{ effect: 'allow', action: actions, resource: '*' }] }, null, 2);
}

/** A custom policy of the demo organisation. */
export interface Policy {
  id: number;
  name: string;
}

/** Creates a policy that allows some actions on everything. */
export async function newPolicy(root: Page, ...actions: string[]): Promise<Policy> {
  const name = unique('policy');
  return { name, id: await answer<number>(await call(root, 'policies/create', { name, document: document(...actions) })) };
}

/** A sub-account that a story has made for itself. */
export interface Person extends Login {
  uin: number;
}

/** Creates a sub-account, attaches a policy, and has it change the first password, as everybody must. */
export async function newPerson(root: Page, policy?: Policy): Promise<Person> {
  const attached: Fields = policy ? { 'policies[]': policy.id } : {};
  const name = unique('person');
  const made = await answer<{ uin: number; name: string; password: string }>(await call(root, 'users/create', { name, ...attached }));
  const owner = login('root').owner;
  const password = 'Own-words-of-nobody-else-7';
  const own = await request.newContext({ baseURL: process.env.CONSOLE_URL });
  await own.post('/login', { form: { owner, username: made.name, password: made.password } });
  const changed = await own.post('/password', { form: { current: made.password, new: password, repeat: password }, maxRedirects: 0 });
  expect(changed.status(), 'the first password is changed').toBe(303);
  await own.post('/logout');
  await own.dispose();
  return { case: 'operation', owner, username: made.name, password, uin: made.uin, apps: [] };
}

/** The button of a row that takes something away, by the name that screen readers hear. */
export function takeAway(page: Page, label: string): Locator {
  return page.locator(`summary[aria-label="${label}"]`);
}

/** Detaches a policy in its row and answers the question. */
export async function detach(page: Page, policy: string): Promise<void> {
  await takeAway(page, `Detach ${policy}`).click();
  await page.getByRole('dialog', { name: `Detach ${policy}?` }).getByRole('button', { name: 'Detach' }).click();
}

/** Somebody who writes policies and sees every application: drafts are kept for each account, so every story has an author of its own. */
export async function author(open: Open, how?: Parameters<Open>[1]): Promise<Page> {
  const root = await open('root');
  return open(await newPerson(root, await newPolicy(root, 'cam:*', 'trtc:DescribeAppStatList')), how);
}
