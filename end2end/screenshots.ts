// The pictures of the README, taken from the demo organisation.
//
// Must never show data that is not made up.

import { expect, login, test, visit } from './kit';
import { ask } from './organisation';

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
