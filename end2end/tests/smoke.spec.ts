// That a browser gets a page, its style and its scripts, and nothing that it complains about.

import { accessible, expect, test, visit } from '../kit';

test('the login page is styled and accessible', async ({ page }) => {
  const answer = await page.goto('/login');
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
  expect(await page.evaluate(() => document.styleSheets[0]?.cssRules.length ?? 0)).toBeGreaterThan(0);
  await accessible(page);
});

test('bundle files are compressed and kept by the browser for ever', async ({ open }) => {
  const page = await open('root');
  const files: { path: string; encoding?: string; cache?: string }[] = [];
  page.on('response', (response) => {
    const { 'content-encoding': encoding, 'cache-control': cache } = response.headers();
    files.push({ path: new URL(response.url()).pathname, encoding, cache });
  });
  await visit(page, '/');
  for (const kind of ['css', 'js', 'wasm']) {
    const file = files.find(({ path }) => path.startsWith('/pkg/') && path.endsWith(`.${kind}`));
    expect(file?.encoding, kind).toMatch(/^(br|gzip)$/);
    expect(file?.cache, kind).toBe('public, max-age=31536000, immutable');
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('the login page can be used', async ({ page }) => {
    await page.goto('/login');
    await expect(page.getByRole('button', { name: 'Log in' })).toBeEnabled();
  });
});
