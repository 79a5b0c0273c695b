// What every story is told with: people who are logged in, traps for everything a browser complains about, the accessibility check.
//
// A complaint must never be swallowed: a refusal that a story is about is announced with `trap.expect`.

import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from '@playwright/test';

export { expect };

/** A login of the demo organisation, as `--credentials-file` writes it. */
export interface Login {
  case: 'root' | 'service' | 'application' | 'operation' | 'auditor';
  owner: string;
  username: string;
  password: string;
  /** The SDKAppIDs it may list. */
  apps: number[];
}

/** The login of one case. */
export function login(of: Login['case']): Login {
  const all: Login[] = JSON.parse(readFileSync(process.env.CONSOLE_CREDENTIALS ?? '', 'utf8'));
  const found = all.find((login) => login.case === of);
  if (!found) throw new Error(`the demo organisation has no login for ${of}`);
  return found;
}

/** Catches console errors, uncaught exceptions and violations of the content security policy in every page it watches. */
export class Trap {
  readonly complaints: string[] = [];
  readonly #expected: { status: number; path: string | RegExp }[] = [];

  async watch(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      if (message.type() === 'error' && !this.#isExpected(message.text(), message.location().url)) {
        this.complaints.push(`${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.complaints.push(`uncaught: ${error.error().stack ?? error.error()}`));
    // The browser says in the console that something was blocked; what and where is only in the event.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`blocked by ${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
      });
    });
  }

  /** Announces that the server will answer a request for `path` with `status`, of which browsers complain. */
  expect(status: number, path: string | RegExp): void {
    this.#expected.push({ status, path });
  }

  #isExpected(text: string, url: string): boolean {
    const status = /^Failed to load resource: the server responded with a status of (\d+)/.exec(text)?.[1];
    if (!status) return false;
    const { pathname } = new URL(url);
    return this.#expected.some(({ status: code, path }) => code === Number(status) && (typeof path === 'string' ? path === pathname : path.test(pathname)));
  }
}

/** Opens a browser of its own for somebody, logged in when a login is given. */
export type Open = (who?: Login | Login['case'], how?: BrowserContextOptions) => Promise<Page>;

export const test = base.extend<{ trap: Trap; open: Open }>({
  trap: async ({}, use) => {
    const trap = new Trap();
    await use(trap);
    expect(trap.complaints, 'complaints of the browser').toEqual([]);
  },
  context: async ({ context, trap }, use) => {
    await trap.watch(context);
    await use(context);
  },
  open: async ({ browser, contextOptions, baseURL, trap }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (who, how) => {
      const context = await browser.newContext({ ...contextOptions, baseURL, ...how });
      opened.push(context);
      await trap.watch(context);
      const page = await context.newPage();
      if (who) await enter(page, typeof who === 'string' ? login(who) : who);
      return page;
    });
    for (const context of opened) await context.close();
  },
});

/** Logs in without looking at the form, which has stories of its own. */
async function enter(page: Page, who: Login): Promise<void> {
  const form = { owner: who.case === 'root' ? '' : who.owner, username: who.username, password: who.password };
  const answer = await page.request.post('/login', { form, maxRedirects: 0 });
  expect(answer.status(), `login of ${who.username}`).toBe(303);
}

/** Logs in by the form, as a person does. Works without scripts as well. */
export async function logIn(page: Page, who: Login): Promise<void> {
  await page.goto('/login');
  await page.locator('[name=owner]').fill(who.case === 'root' ? '' : who.owner);
  await page.locator('[name=username]').fill(who.username);
  await page.locator('[name=password]').fill(who.password);
  await page.locator('form[action="/login"] [type=submit]').click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Opens a page and waits until its scripts have taken over. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/**
 * Waits until the scripts of the page have taken over: before that, clicks do what they do without scripts. What is refused has only the
 * script of copy buttons, and the pages before login have none.
 */
export async function hydrated(page: Page): Promise<void> {
  if ((await page.locator('script[type=module]').count()) === 0) return;
  const taken = (await page.locator('link[rel=modulepreload]').count()) > 0 ? 'data-hydrated' : 'data-copies';
  await page.locator(`html[${taken}]`).waitFor({ state: 'attached' });
}

/** Checks the page with axe against WCAG 2.2 AA; a finding is printed with the element it is about. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const findings = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} — ${node.html}`));
  expect(findings, `accessibility of ${page.url()}`).toEqual([]);
}
