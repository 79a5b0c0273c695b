// That a browser gets a page, its style and its scripts, and nothing that it complains about.

import { accessible, expect, hydrated, test } from '../kit';

test('the login page is styled, taken over by its scripts, and accessible', async ({ page }) => {
  const answer = await page.goto('/login');
  expect(answer?.status()).toBe(200);
  await hydrated(page);
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
  expect(await page.evaluate(() => document.styleSheets[0]?.cssRules.length ?? 0)).toBeGreaterThan(0);
  await accessible(page);
});

test('bundle files are compressed and kept by the browser for ever', async ({ page }) => {
  const files: { path: string; encoding?: string; cache?: string }[] = [];
  page.on('response', async (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith('/pkg/')) files.push({ path, encoding: response.headers()['content-encoding'], cache: response.headers()['cache-control'] });
  });
  await page.goto('/login');
  await hydrated(page);
  for (const kind of ['.css', '.js', '.wasm']) expect(files.map((file) => file.path)).toContainEqual(expect.stringContaining(kind));
  for (const file of files.filter((file) => /\.(css|js|wasm)$/.test(file.path))) {
    expect(file).toMatchObject({ encoding: /br|gzip/.exec(file.encoding ?? '')?.[0] ?? 'br', cache: 'public, max-age=31536000, immutable' });
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('the login page can be used', async ({ page }) => {
    await page.goto('/login');
    await expect(page.getByRole('button', { name: 'Log in' })).toBeEnabled();
  });
});
