// The pictures of the README, taken from the demo organisation.
//
// Must never show data that is not made up.

import { expect, login, test, visit } from './kit';
import { write } from './editor';
import { ask, call, newPerson, newPolicy } from './organisation';

const light = { name: 'theme', value: 'light' };
const picture = (name: string) => ({ path: `screenshots/${name}.png` });

test('usage', async ({ open }) => {
  const page = await open('root');
  await page.context().addCookies([{ ...light, url: process.env.CONSOLE_URL }]);
  await visit(page, '/usage');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Usage statistics');
  await page.screenshot(picture('usage'));
});

test('refused', async ({ open, trap }) => {
  const page = await open('operation');
  const path = `/apps/${login('application').apps[0]}/features`;
  trap.expect(403, path);
  await page.context().addCookies([{ ...light, url: process.env.CONSOLE_URL }]);
  await visit(page, path);
  await page.screenshot(picture('refused'));
});

test('policy', async ({ open }) => {
  const page = await open('root');
  const all: { id: number; name: string }[] = await (await ask(page, 'policies/choices')).json();
  const id = all.find(({ name }) => name === 'classroom-everything')?.id;
  await page.context().addCookies([{ name: 'theme', value: 'dark', url: process.env.CONSOLE_URL }]);
  await visit(page, `/cam/policies/${id}/edit`);
  await expect(page.locator('.cm-editor')).toBeVisible();
  await page.screenshot(picture('policy'));
});

test('who can', async ({ open }) => {
  const page = await open('root');
  await page.context().addCookies([{ ...light, url: process.env.CONSOLE_URL }]);
  await visit(page, `/cam/who-can?action=trtc:DescribeTrtcRoomUsage&app=${login('application').apps[0]}`);
  await page.screenshot(picture('who-can'));
});

/** A policy in force, and what somebody has made of it since. */
const statement = (effect: string, action: string[], resource: string, more: object = {}) => ({ effect, action, resource: [resource], ...more });

test('cards and review', async ({ open }) => {
  const root = await open('root');
  const { owner } = login('root');
  const app = `qcs::trtc::uin/${owner}:sdkappid/${login('application').apps[0]}`;
  const policy = await newPolicy(root, 'trtc:DescribeAppStatList');
  await newPerson(root, policy);
  await call(root, 'policies/describe', { id: policy.id, name: 'vendor-ops' });
  await root.context().addCookies([{ ...light, url: process.env.CONSOLE_URL }]);
  await root.setViewportSize({ width: 1280, height: 960 });
  await visit(root, `/cam/policies/${policy.id}/edit`);
  await expect(root.locator('.cm-editor')).toBeVisible();
  const office = { condition: { ip_not_equal: { 'qcs:ip': ['203.0.113.0/24'] } } };
  const made = [statement('allow', ['trtc:DescribeAppStatList', 'trtc:DescribeTrtcRoomUsage', 'trtc:DescribeSdkAppInfo'], app), statement('deny', ['trtc:AlterRecording'], '*', office)];
  await write(root, JSON.stringify({ version: '2.0', statement: made }, null, 2));
  await root.getByRole('button', { name: 'Visual' }).click();
  await expect(root.getByRole('region', { name: 'Statement 2' })).toBeVisible();
  await root.evaluate(() => scrollTo(0, 0));
  await root.screenshot(picture('cards'));
  await root.getByRole('button', { name: 'Review and save' }).click();
  await expect(root.getByRole('heading', { level: 1 })).toHaveText('Review and save');
  await root.screenshot(picture('review'));
});
