// Dialogs: the way out changes nothing, and Enter does what the button says that has the focus.

import { expect, test, visit } from '../kit';

test('Cancel and Esc send nothing, Enter in a field sends the form, and on a dangerous one it leads out', async ({ open }) => {
  const page = await open('root');
  await visit(page, '/cam/groups');
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
  });
  const opener = page.locator('#create > summary');
  const dialog = page.getByRole('dialog', { name: 'Create user group' });

  await opener.click();
  await dialog.getByLabel('Name', { exact: true }).fill('never-made');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  // The key goes to the dialog once that has the focus, which it takes after it has opened.
  await expect(dialog.locator(':focus')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(sent).toEqual([]);

  await opener.click();
  await dialog.getByLabel('Name', { exact: true }).fill('made-by-enter');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'made-by-enter' })).toBeVisible();
  expect(sent).toEqual(['/call/groups/create']);

  await page.locator('#delete > summary').click();
  const dangerous = page.getByRole('dialog', { name: 'Delete user group made-by-enter?' });
  await expect(dangerous.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dangerous).toBeHidden();
  expect(sent).toEqual(['/call/groups/create']);

  await page.locator('#delete > summary').click();
  await dangerous.getByRole('button', { name: 'Delete user group' }).click();
  await expect(page).toHaveURL(/\/cam\/groups$/);
});

test('of several dialogs that share a form only the one that sent it shows what came of it', async ({ open, trap }) => {
  const page = await open('root');
  await visit(page, '/apps');
  const app = await page.locator('td a[href^="/apps/"]').first().getAttribute('href');
  await visit(page, `${app}/features`);
  const [specified, global] = [page.locator('#relay-specified'), page.locator('#relay-global')];
  await expect(global.locator('summary')).toHaveCount(1);
  await specified.locator('summary').click();
  // Somebody else has saved meanwhile.
  trap.expect(409, '/call/features/relay');
  await specified.locator('[name=version]').evaluate((field: HTMLInputElement) => {
    field.value = '99';
  });
  await specified.getByRole('button', { name: 'Turn on for specified streams' }).click();
  await expect(specified.getByRole('alert')).toBeVisible();
  await expect(page.locator('details.confirm .form-errors')).toHaveCount(1);
});
