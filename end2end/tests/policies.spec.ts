// The policy editor as people use it: live findings, remedies, formatting, insertion, saving — with scripts and without.

import { text, write } from '../editor';
import { accessible, expect, hydrated, test, visit } from '../kit';
import { author } from '../organisation';

const policy = (action: string) => `{\n  "version": "2.0",\n  "statement": [{ "effect": "allow", "action": ["${action}"], "resource": ["*"] }]\n}`;

test('findings follow the typing, lead to their place and are put right by one click', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  // Blank: there is an action and a resource to fill in.
  await expect(page.locator('#findings-counts')).toContainText('2 errors');
  await write(page, policy('trtc:DescribeAppStatLists'));
  await expect(page.locator('#findings-counts')).toContainText('1 error');
  await expect(page.locator('.cm-lintRange-error')).toHaveCount(1);
  const save = page.getByRole('button', { name: 'Create policy' });
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expect(page.locator('#save-why')).toHaveText('Fix 1 error to save');
  await page.locator('.finding-place').first().click();
  await expect(page.locator('.cm-activeLine')).toContainText('trtc:DescribeAppStatLists');
  await page.getByRole('button', { name: 'Apply', exact: true }).first().click();
  await expect(page.locator('.finding')).toHaveCount(0);
  expect(await text(page)).toBe(policy('trtc:DescribeAppStatList'));
  await expect(save).not.toHaveAttribute('aria-disabled');
  await accessible(page);
});

test('formatting never loses a text that does not parse, and can be undone', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await write(page, '{"version": "2.0", "statement"');
  await page.getByRole('button', { name: 'Format' }).click();
  await expect(page.locator('.editor-said')).toHaveText('Fix the errors before you format the policy.');
  expect(await text(page)).toBe('{"version": "2.0", "statement"');
  const odd = '{"statement":{"resource":"*","action":"trtc:*","effect":"allow"},"version":"2.0"}';
  await write(page, odd);
  await page.getByRole('button', { name: 'Format' }).click();
  await expect.poll(() => text(page)).toContain('\n  "statement": [\n');
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => text(page)).toBe(odd);
});

test('actions are found by meaning and added to the nearest list; templates replace the text', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await page.locator('.template', { hasText: 'Usage statistics only' }).click();
  await expect.poll(() => text(page)).toContain('trtc:DescribeTrtcStatistic');
  expect(page.url()).not.toContain('template=');
  await page.getByRole('searchbox', { name: 'Search actions' }).fill('duration packages');
  await page.locator('.cm-content').getByText('"trtc:DescribeTrtcStatistic"').click();
  await page.keyboard.press('End');
  await page.locator('.reference-insert').first().click();
  await expect.poll(() => text(page)).toMatch(/"trtc:DescribeTrtcStatistic",\s+"trtc:DescribeDurationPackages"/);
  await expect(page.locator('#findings-counts')).not.toContainText('error');
});

test('a policy is created, edited to a second version, compared, put back and deleted', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await page.locator('[name=name]').fill('story-policy');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await write(page, policy('trtc:Describe*'));
  await page.getByRole('button', { name: 'Create policy' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('story-policy');
  await expect(page.locator('.code-lines li')).toHaveCount(4);
  await accessible(page);

  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.locator('.cm-editor')).toBeVisible();
  await expect(page.getByText('v2 draft of v1')).toBeVisible();
  await write(page, policy('trtc:*'));
  await page.getByRole('button', { name: 'Review and save' }).click();
  await page.getByRole('button', { name: 'Save v2' }).click();
  await page.getByRole('link', { name: 'Versions (2)' }).click();
  await expect(page.locator('.diff-added')).toHaveCount(1);
  await expect(page.locator('.diff-removed')).toHaveCount(1);
  await accessible(page);

  await page.locator('tr', { hasText: 'v1' }).first().locator('summary').filter({ hasText: 'Set as default' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set as default' }).click();
  await expect(page.locator('tr').filter({ has: page.getByText('Default', { exact: true }) })).toContainText('v1');

  await page.locator('summary', { hasText: 'Delete' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete policy' }).click();
  await expect(page).toHaveURL(/\/cam\/policies$/);
  await expect(page.getByText('story-policy')).toHaveCount(0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('the field, the findings and saving work', async ({ open, trap }) => {
    const page = await author(open, { javaScriptEnabled: false });
    await page.goto('/cam/policies/new?template=operation');
    await page.locator('[name=name]').fill('plain-policy');
    const good = await text(page);
    await page.locator('[name=document]').fill(good.replace('"allow"', '"Allow"'));
    trap.expect(422, '/call/policies/create');
    await page.getByRole('button', { name: 'Create policy' }).click();
    await expect(page.locator('#findings-counts')).toContainText('1 error');
    expect(await page.locator('[name=name]').inputValue()).toBe('plain-policy');
    expect(await text(page)).toContain('"Allow"');
    await page.locator('[name=document]').fill(good);
    await page.getByRole('button', { name: 'Create policy' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('plain-policy');
  });
});

test('the editor speaks Chinese and is accessible in the dark', async ({ open }) => {
  const page = await author(open);
  await page.context().addCookies([
    { name: 'lang', value: 'zh-CN', url: process.env.CONSOLE_URL },
    { name: 'theme', value: 'dark', url: process.env.CONSOLE_URL },
  ]);
  await page.goto('/cam/policies/new');
  await hydrated(page);
  await expect(page.locator('.cm-editor')).toBeVisible();
  await write(page, policy('trtc:NoSuchAction'));
  await expect(page.locator('#findings-counts')).toContainText('1 个错误');
  await expect(page.getByText('修复 1 个错误后才能保存')).toBeVisible();
  await accessible(page);
});

test('the engine comes with the editor alone; without it the findings are those of the server, which refuses what is wrong', async ({ open, trap }) => {
  const page = await author(open);
  const engines: string[] = [];
  page.on('request', (request) => {
    if (/\/engine-[^/]+\.wasm$/.test(request.url())) engines.push(request.url());
  });
  await visit(page, '/cam/policies/3');
  await expect(page.locator('.code-lines')).toBeVisible();
  expect(engines).toEqual([]);
  await page.getByRole('link', { name: 'Use as template' }).click();
  await expect(page.locator('.cm-editor')).toBeVisible();
  expect(await text(page)).toContain('"trtc:DescribeAppStatList"');
  await expect(page.locator('#findings-counts')).not.toContainText('error');
  expect(engines).toHaveLength(1);

  trap.expect(404, /\/engine-[^/]+\.wasm$/);
  await page.route(/\/engine-[^/]+\.wasm$/, (route) => route.fulfill({ status: 404 }));
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await expect(page.locator('#findings-counts')).toContainText('2 errors');
  await expect(page.locator('.reference-line')).toHaveCount(0);
});

test('an application is found by its name where a resource belongs', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  await write(page, '{"version": "2.0", "statement": [{"effect": "allow", "action": "trtc:*", "resource": ""}]}');
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+End');
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+Space');
  await page.keyboard.type('classroom');
  await expect(page.locator('.cm-tooltip-autocomplete li')).toHaveCount(1);
  await page.locator('.cm-tooltip-autocomplete li').filter({ hasText: 'classroom_live' }).click();
  await expect.poll(() => text(page)).toMatch(/"resource": "qcs::trtc::uin\/\d+:sdkappid\/\d+"/);
});

test('a policy by tag is made of a few choices, with and without scripts, and every safe fix is applied at once', async ({ open }) => {
  const page = await author(open);
  await visit(page, '/cam/policies/new');
  await expect(page.locator('.cm-editor')).toBeVisible();
  const start = page.getByRole('form', { name: 'By application or tag' });
  await start.getByRole('button', { name: 'Generate policy' }).click();
  await expect(start.getByText('Enter either SDKAppIDs or tags')).toBeVisible();
  await start.getByLabel('Or tags').fill('team=live');
  await start.getByLabel('Grant').selectOption('View only');
  await start.getByRole('button', { name: 'Generate policy' }).click();
  await expect.poll(async () => JSON.parse(await text(page)).statement.length).toBe(2);
  const made = await text(page);
  const [by, whole] = JSON.parse(made).statement;
  expect(by.condition).toEqual({ 'for_any_value:string_equal': { 'qcs:resource_tag': ['team&live'] } });
  expect(whole).toEqual({ effect: 'allow', action: ['trtc:HardDescribeMixConf'], resource: ['*'] });
  await accessible(page);
  const plain = await author(open, { javaScriptEnabled: false });
  await plain.goto('/cam/policies/new?tags=team%3Dlive&grant=view');
  expect(await text(plain)).toBe(made);

  await write(page, '{"version":2,"statement":[{"effect":"Allow","action":"trtc:DismisRoom","resource":"*"}]}');
  await page.getByRole('button', { name: 'Apply all safe fixes' }).click();
  expect(await text(page), 'a guess is left to the author').toBe('{"version":"2.0","statement":[{"effect":"allow","action":"trtc:DismisRoom","resource":"*"}]}');
});
