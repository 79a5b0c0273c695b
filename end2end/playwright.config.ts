// How the browser tests run: one browser, one console with the demo organisation, one test after the other.
//
// Must never bypass the content security policy, retry a failed test, or look at anything but 127.0.0.1.

import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

const browser = execFileSync(new URL('setup.sh', import.meta.url).pathname, ['path', 'browser'], { encoding: 'utf8' }).trim();
const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export default defineConfig({
  testDir: 'tests',
  globalSetup: './server.ts',
  outputDir: 'results',
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }]],
  // The stories share one organisation, and two cores are what CI has.
  workers: 1,
  // CI machines are shared: a story that a stall upset is told once more, and the report says so.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 5_000 },
  use: {
    // Set by server.ts before a test runs.
    baseURL: process.env.CONSOLE_URL,
    locale: 'en-GB',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browser || undefined,
      // Chromium refuses its sandbox to root, which containers usually are.
      args: process.getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet,
    },
  },
});
