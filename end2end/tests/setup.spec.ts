// An installation of one's own: the code from the log, the root account, the first application.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible, expect, hydrated, test } from '../kit';
import { ended, program, said } from '../server';

test('the code from the log makes the root account, which begins with nothing and creates an application', async ({ open, trap }) => {
  const directory = mkdtempSync(join(tmpdir(), 'trtc-console-setup-'));
  const server = program('serve', '--listen', '127.0.0.1:0', '--data-dir', directory);
  try {
    const [code, baseURL] = await Promise.all([said(server, /enter the code (\w+)/), said(server, /TRTC Console on (http:\/\/\S+)/)]);
    const page = await open(undefined, { baseURL });
    await page.goto('/');
    await expect(page).toHaveURL('/setup');
    await accessible(page);
    const fill = async (code: string) => {
      await page.getByLabel('One-time code').fill(code);
      await page.getByLabel('E-mail address').fill('root@story.example');
      await page.getByLabel('Password', { exact: true }).fill('Correct-horse-1');
      await page.getByLabel('Confirm password').fill('Correct-horse-1');
      await page.getByRole('button', { name: 'Create' }).click();
    };
    trap.expect(422, '/setup');
    await fill('NOTTHECODE');
    await expect(page.getByRole('alert')).toContainText("does not match the one in the server's log");
    await fill(code);
    await expect(page).toHaveURL('/login');
    await page.getByLabel('User name, or e-mail address of a root account').fill('root@story.example');
    await page.getByLabel('Password').fill('Correct-horse-1');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
    await expect(page.getByText('all data on these pages is fictitious')).toHaveCount(0);
    await page.goto('/apps');
    await hydrated(page);
    await expect(page.getByText('No applications yet')).toBeVisible();
    await accessible(page);
    await page.locator('summary').filter({ hasText: 'Create application' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('first_one');
    await page.getByRole('dialog').getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('link', { name: 'first_one' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('first_one');
  } finally {
    expect(await ended(server)).toBe(0);
    rmSync(directory, { recursive: true, force: true });
  }
});
