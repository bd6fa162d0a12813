// Node >=20 alone: http, JSON.parse and Date.
'use strict';
const http = require('node:http');
const { COLUMNS, authorized, startJob, statusOf, fileOf } = require('./exports');

function problemOf(body) {
  for (const name of ['startDate', 'endDate', 'exportType', 'format']) {
    if (!body[name]) return `${name} is required`;
  }
  for (const name of ['startDate', 'endDate']) {
    if (isNaN(new Date(body[name]))) return `${name} is not a date`;
  }
  if (!(body.exportType in COLUMNS)) return 'exportType is unknown';
  if (!['CSV', 'JSONL'].includes(body.format)) return 'format is unknown';
  if (body.exportType === 'LEARNING_ACTIVITY_INTERACTIONS') {
    if (body.format !== 'JSONL') return 'only JSONL is supported';
    if (typeof body.learningActivityId !== 'number') return 'learningActivityId is required';
  }
  return null;
}

function send(res, status, value) {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(value));
}

async function handle(req, res) {
  const url = new URL(req.url, `http://${req.headers.host}`);
  if (url.pathname.startsWith('/files/')) {
    const file = fileOf(url.pathname.slice('/files/'.length));
    if (!file) return send(res, 404, { error: 'not found' });
    res.writeHead(200, { 'Content-Type': file[0] });
    return res.end(file[1]);
  }
  if (url.pathname !== '/exports') return send(res, 404, { error: 'not found' });
  if (!authorized(req.headers.authorization)) return send(res, 401, { error: 'unauthorized' });
  if (req.method === 'GET') {
    const status = statusOf(url.searchParams.get('id'), url.origin);
    return status ? send(res, 200, status) : send(res, 404, { error: 'not found' });
  }
  if (req.method !== 'POST') return send(res, 405, { error: 'method not allowed' });
  let text = '';
  for await (const chunk of req) text += chunk;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return send(res, 400, { error: 'body is not JSON' });
  }
  const problem = problemOf(body);
  if (problem) return send(res, 400, { error: problem });
  send(res, 200, { job: { id: startJob(body.exportType, body.format, new Date(body.startDate), new Date(body.endDate)) } });
}

http.createServer((req, res) => handle(req, res).catch((error) => {
  console.error(error);
  if (!res.headersSent) send(res, 500, { error: 'internal error' });
})).listen(process.env.PORT, '127.0.0.1');
