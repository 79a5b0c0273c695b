// How fast the console answers and takes events in, and what a page costs it, as ratios measured in one run: to the simplest answer it can
// give, to the login page, and to itself while no events come in.
//
//   node end2end/load.mjs [--program FILE] [--site DIR] [--seconds N] [--connections N] [--events N]
//
// Starts a console of its own with the demo organisation on a free port of 127.0.0.1 and ends it. Must never talk to another address, nor
// run longer than asked: every part ends by its own clock. Figures of a shared machine say little, their ratios more. Processor time is
// read from /proc and is left out where there is none.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const { values } = parseArgs({
  options: {
    program: { type: 'string', default: 'target/release/trtc-console' },
    site: { type: 'string', default: 'target/site' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    events: { type: 'string', default: '2000' },
  },
});
const SECONDS = Math.min(Number(values.seconds), 30);
const CONNECTIONS = Math.min(Number(values.connections), 64);

const EVENTS_PER_SECOND = Math.min(Number(values.events), 10_000);

/** Clock ticks a second, as /proc counts them on every Linux that Node.js runs on. */
const TICKS = 100;

if (isMainThread) await run();
else await keepSending(workerData);

async function run() {
  const directory = mkdtempSync(join(tmpdir(), 'trtc-console-load-'));
  const logins = join(directory, 'logins.json');
  const began = Date.now();
  const flags = ['--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data'), '--site-dir', values.site, '--credentials-file', logins];
  const server = spawn(values.program, ['demo', ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const port = await listening(server);
    console.log(`first start, with the demo's events through the intake: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await measure(port, server.pid, JSON.parse(readFileSync(logins, 'utf8')));
  } finally {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGTERM');
      await new Promise((ended) => server.once('exit', ended));
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The port that the console prints when it is ready. */
function listening(server) {
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

/** Sends requests to the console, over as many connections as there may be. */
function client(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = (options, body) =>
    new Promise((done, failed) => {
      const sent = request({ host: '127.0.0.1', port, agent, ...options }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
        answer.on('error', failed);
      });
      sent.on('error', failed);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

async function measure(port, pid, logins) {
  const { send, close } = client(port);
  const post = (path, fields, headers = {}) =>
    send(
      { method: 'POST', path, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: `http://127.0.0.1:${port}`, ...headers } },
      new URLSearchParams(fields).toString(),
    );
  const logIn = async (of) => {
    const who = logins.find((login) => login.case === of);
    const answer = await post('/login', { owner: of === 'root' ? '' : who.owner, username: who.username, password: who.password });
    if (answer.status !== 303) throw new Error(`login of ${of}: ${answer.status}`);
    return { ...who, cookie: answer.headers['set-cookie'].map((cookie) => cookie.split(';')[0]).join('; ') };
  };
  const [root, operation] = [await logIn('root'), await logIn('operation')];
  const app = JSON.parse((await send({ path: '/call/apps/list', headers: { cookie: root.cookie } })).body).page.rows[0].id;
  const shown = await post('/call/callbacks/show-key', { id: app }, { cookie: root.cookie });
  if (shown.status !== 200) throw new Error(`the callback key was not shown: ${shown.body}`);
  const key = JSON.parse(shown.body);

  /** What `ask` sends, over some connections at once; everything must answer 200. */
  const measured = async (ask, connections = CONNECTIONS) => {
    const until = Date.now() + SECONDS * 1000;
    const times = [];
    const line = async () => {
      while (Date.now() < until) {
        const began = performance.now();
        const answer = await ask();
        if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200)}`);
        times.push(performance.now() - began);
      }
    };
    const [start, before] = [performance.now(), processorMs(pid)];
    await Promise.all(Array.from({ length: connections }, line));
    times.sort((one, other) => one - other);
    return {
      rate: (times.length * 1000) / (performance.now() - start),
      p99: times[Math.floor(times.length * 0.99)],
      processor: (processorMs(pid) - before) / times.length,
    };
  };
  const get = (path, cookie) => () => send({ path, headers: { cookie, accept: 'application/json' } });

  // Pages first: what the events of a later part leave to be worked out would be measured with them.
  console.log('\nprocessor time of a page, and times that of the login page');
  let login = 0;
  for (const [path, cookie] of [['/login', ''], ['/', root.cookie], ['/usage', root.cookie], ['/apps', root.cookie], ['/cam/users', root.cookie]]) {
    const { processor } = await measured(get(path, cookie));
    login ||= processor;
    const said = Number.isNaN(processor) ? 'unknown here' : `${processor.toFixed(2).padStart(7)} ms ${(processor / login).toFixed(1).padStart(6)} ×`;
    console.log(`GET ${path.padEnd(60)} ${said}`);
  }

  console.log(`\nslowest of a hundred, idle and while ${EVENTS_PER_SECOND} events a second come in`);
  const pages = ['/usage', '/apps'];
  const idle = new Map();
  for (const path of pages) idle.set(path, (await measured(get(path, root.cookie), 1)).p99);
  const sender = new Worker(new URL(import.meta.url), { workerData: { port, app, key }, argv: process.argv.slice(2) });
  let taken = 0;
  sender.on('message', (count) => (taken = count));
  // It ends with the console at the latest, and its figure says how far it came.
  sender.on('error', (error) => console.log(`no more events were sent: ${error.message}`));
  const began = Date.now();
  for (const path of pages) {
    const { p99 } = await measured(get(path, root.cookie), 1);
    const before = idle.get(path);
    console.log(`GET ${path.padEnd(60)} ${before.toFixed(1).padStart(7)} ms ${p99.toFixed(1).padStart(7)} ms ${(p99 / before).toFixed(1).padStart(6)} ×`);
  }
  console.log(`taken in meanwhile: ${((taken * 1000) / (Date.now() - began)).toFixed(0)} events a second`);
  await sender.terminate();

  console.log(`\n${'answers a second, and of the simplest answer'.padEnd(64)}`);
  const answers = [
    ['GET /healthz, the simplest answer', get('/healthz', '')],
    ['GET /call/session: one query, every decision of the navigation', get('/call/session', operation.cookie)],
    ['POST /callbacks/trtc: signed, acknowledged when durable', events(send, app, key)],
  ];
  let simplest = 0;
  for (const [name, ask] of answers) {
    const { rate } = await measured(ask);
    simplest ||= rate;
    console.log(`${name.padEnd(64)} ${rate.toFixed(0).padStart(7)} /s  ${((100 * rate) / simplest).toFixed(1).padStart(6)} %`);
  }

  close();
}

/** What a process has used of the processors, in milliseconds; NaN where nobody tells. */
function processorMs(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, 'utf8').split(') ').pop().split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** Sends one signed event after the other: entries and exits of users, 64 to a room. */
function events(send, app, key) {
  let number = 0;
  return () => {
    number += 1;
    const at = Date.now() - 3_600_000 + number;
    const body = JSON.stringify({
      EventGroupId: 1,
      EventType: number % 2 ? 103 : 104,
      CallbackTs: at,
      EventInfo: { RoomId: 900_000 + (number >> 6), EventTs: Math.floor(at / 1000), EventMsTs: at, UserId: `load_${number >> 1}` },
    });
    const sign = createHmac('sha256', key).update(body).digest('base64');
    return send({ method: 'POST', path: '/callbacks/trtc', headers: { 'content-type': 'application/json', SdkAppId: `${app}`, Sign: sign } }, body);
  };
}

/** On a thread of its own, until it is ended: so many events a second, and how many were acknowledged. */
async function keepSending({ port, app, key }) {
  const { send } = client(port);
  const event = events(send, app, key);
  const began = Date.now();
  let [due, waiting, taken] = [0, 0, 0];
  setInterval(() => {
    for (; due < ((Date.now() - began) * EVENTS_PER_SECOND) / 1000; due += 1) {
      // What the console cannot take in now is not sent later.
      if (waiting >= 4 * CONNECTIONS) continue;
      waiting += 1;
      event()
        .then((answer) => (taken += answer.status === 200 ? 1 : 0))
        .catch(() => {})
        .finally(() => (waiting -= 1));
    }
    parentPort.postMessage(taken);
  }, 10);
}
