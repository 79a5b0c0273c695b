// Starts the built console with its demo organisation on a free port, in a directory of its own, for all tests; ends it after them.
//
// Must never touch a database that was there before.

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The demo organisation is made of thousands of signed events; a debug build on a busy machine takes its time. */
const START_MS = 120_000;

export default async function start(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'trtc-console-'));
  process.env.CONSOLE_CREDENTIALS = join(directory, 'credentials.json');
  const flags = ['--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data'), '--credentials-file', process.env.CONSOLE_CREDENTIALS];
  const server = program('demo', ...flags);
  keepLog(server);
  try {
    process.env.CONSOLE_URL = await address(server);
    const health = await fetch(`${process.env.CONSOLE_URL}/healthz`);
    if (!health.ok) throw new Error(`/healthz answered ${health.status}`);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  return async () => {
    const code = await ended(server);
    rmSync(directory, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the console did not end in order: ${code}`);
  };
}

/** Starts the built console with some words on its command line. */
export function program(...words: string[]): ChildProcess {
  const file = process.env.TRTC_CONSOLE_PROGRAM ?? new URL('../target/debug/trtc-console', import.meta.url).pathname;
  return spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What the console says goes beside the traces of failed tests: a page that fails often has its reason there. */
function keepLog(server: ChildProcess): void {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const log = createWriteStream(new URL('console.log', results));
  server.stdout?.pipe(log, { end: false });
  server.stderr?.pipe(log, { end: false });
}

/** The address that the console prints when it is ready. */
const address = (server: ChildProcess) => said(server, /TRTC Console on (http:\/\/\S+)/);

/** The first group of an expression, once the console has printed what it matches. */
export function said(server: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((found, failed) => {
    let heard = '';
    const timer = setTimeout(() => failed(new Error(`the console did not start within ${START_MS / 1000} s:\n${heard}`)), START_MS);
    const hear = (part: Buffer) => {
      heard = (heard + part).slice(-20_000);
      const line = wanted.exec(heard);
      if (line) {
        clearTimeout(timer);
        found(line[1]);
      }
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('error', failed);
    server.once('exit', (code) => failed(new Error(`the console ended with ${code}:\n${heard}`)));
  });
}

/** Asks the console to stop and waits for its exit status; one that hangs is ended after ten seconds and has none. */
export function ended(server: ChildProcess): Promise<number | null> {
  return new Promise((done) => {
    if (server.exitCode !== null) return done(server.exitCode);
    const timer = setTimeout(() => server.kill('SIGKILL'), 10_000);
    server.once('exit', (code) => {
      clearTimeout(timer);
      done(code);
    });
    server.kill('SIGTERM');
  });
}
