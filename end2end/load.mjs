// How fast the console answers and takes events in, as ratios to the simplest answer it can give, measured in one run.
//
//   node end2end/load.mjs [--program FILE] [--site DIR] [--seconds N] [--connections N]
//
// Starts a console of its own with the demo organisation on a free port of 127.0.0.1 and ends it. Must never talk to another address, nor
// run longer than asked: every part ends by its own clock. Figures of a shared machine say little, their ratios more.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    program: { type: 'string', default: 'target/release/trtc-console' },
    site: { type: 'string', default: 'target/site' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
  },
});
const SECONDS = Math.min(Number(values.seconds), 30);
const CONNECTIONS = Math.min(Number(values.connections), 64);

const directory = mkdtempSync(join(tmpdir(), 'trtc-console-load-'));
const logins = join(directory, 'logins.json');
const began = Date.now();
const flags = ['--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data'), '--site-dir', values.site, '--credentials-file', logins];
const server = spawn(values.program, ['demo', ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
try {
  const port = await listening();
  console.log(`first start, with the demo's events through the intake: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await measure(port);
} finally {
  server.kill('SIGTERM');
  await new Promise((ended) => server.once('exit', ended));
  rmSync(directory, { recursive: true, force: true });
}

/** The port that the console prints when it is ready. */
function listening() {
  return new Promise((found, failed) => {
    let said = '';
    server.stdout.on('data', (part) => {
      said += part;
      const line = /TRTC Console on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (line) found(Number(line[1]));
    });
    server.once('exit', (code) => failed(new Error(`the console ended with ${code}`)));
  });
}

async function measure(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = (options, body) =>
    new Promise((done, failed) => {
      const sent = request({ host: '127.0.0.1', port, agent, ...options }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
      });
      sent.once('error', failed);
      sent.end(body);
    });
  const form = (fields) => new URLSearchParams(fields).toString();
  const post = (path, fields, headers = {}) =>
    send({ method: 'POST', path, headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers } }, form(fields));
  const logIn = async (of) => {
    const who = JSON.parse(readFileSync(logins, 'utf8')).find((login) => login.case === of);
    const answer = await post('/login', { owner: of === 'root' ? '' : who.owner, username: who.username, password: who.password });
    if (answer.status !== 303) throw new Error(`login of ${of}: ${answer.status}`);
    return { app: who.apps[0], cookie: answer.headers['set-cookie'][0].split(';')[0] };
  };
  const [root, operation] = [await logIn('root'), await logIn('operation')];
  const key = JSON.parse((await post('/call/callbacks/show-key', { id: root.app }, { cookie: root.cookie })).body);

  /** Requests a second of what `ask` sends, over all connections; everything must answer 200. */
  const rate = async (ask) => {
    const until = Date.now() + SECONDS * 1000;
    let count = 0;
    const line = async () => {
      while (Date.now() < until) {
        const answer = await ask();
        if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200)}`);
        count += 1;
      }
    };
    const start = Date.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, line));
    return (count * 1000) / (Date.now() - start);
  };
  const get = (path, cookie) => () => send({ path, headers: { cookie, accept: 'application/json' } });
  let number = 0;
  const event = () => {
    number += 1;
    const at = Date.now() - 3_600_000 + number;
    const body = JSON.stringify({
      EventGroupId: 1,
      EventType: number % 2 ? 103 : 104,
      CallbackTs: at,
      EventInfo: { RoomId: 900_000 + (number >> 6), EventTs: Math.floor(at / 1000), EventMsTs: at, UserId: `load_${number >> 1}` },
    });
    const sign = createHmac('sha256', key).update(body).digest('base64');
    return send({ method: 'POST', path: '/callbacks/trtc', headers: { 'content-type': 'application/json', SdkAppId: `${root.app}`, Sign: sign } }, body);
  };

  const parts = [
    ['GET /healthz, the simplest answer', get('/healthz', '')],
    ['GET /call/session: one query, every decision of the navigation', get('/call/session', operation.cookie)],
    ['GET /usage: the page, rendered', get('/usage', operation.cookie)],
    ['GET /usage/export.csv of 30 days', get('/usage/export.csv?app=all', operation.cookie)],
    ['POST /callbacks/trtc: signed, acknowledged when durable', event],
  ];
  let simplest = 0;
  for (const [name, ask] of parts) {
    const each = await rate(ask);
    simplest ||= each;
    console.log(`${name.padEnd(64)} ${each.toFixed(0).padStart(7)} /s  ${((100 * each) / simplest).toFixed(1).padStart(6)} %`);
  }
  agent.destroy();
}
