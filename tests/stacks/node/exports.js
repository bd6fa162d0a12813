// What is behind the Node services: the account, records, jobs and their files. Nothing here looks at a request's body.
'use strict';
const { randomUUID } = require('node:crypto');

const MILLISECONDS = 300; // that a job takes
const ACTIVITIES = new Set([4711, 4712]);
const COLUMNS = {
  ELEARNING_ENROLLMENTS: ['User ID', 'Registration Date', 'Program Completion Date', 'Product ID', 'Program Name'],
  LEARNING_ACTIVITIES: ['User ID', 'Product ID', 'Program Name', 'Learning Activity ID', 'Learning Activity Name',
    'Learning Activity Date', 'Timespent', 'Status', 'Score'],
  NETWORKS: ['Network ID', 'Network Name'],
  USERS: ['User ID', 'Firstname', 'Middlename', 'Lastname', 'Network ID', 'Network Name', 'Grouping', 'Account Creation Date'],
  LEARNING_ACTIVITY_INTERACTIONS: ['User ID', 'Learning Activity ID', 'Interaction', 'Interaction Date'],
};
const jobs = new Map();

function authorized(header) {
  const [, scheme, rest] = /^(\S+)\s+(.*)$/.exec(header || '') || [];
  if (!scheme || scheme.toLowerCase() !== 'bln') return false;
  const parts = Object.fromEntries(rest.split(',').map((part) => part.trim().split('=')));
  return ['key', 'token', 'secret'].every((name) => parts[name] === process.env[`API_${name.toUpperCase()}`]);
}

// Dates are Date objects.
function startJob(exportType, format, start, end) {
  const uuid = randomUUID();
  const label = `data-export|tenantKey:acme|type:${exportType.toLowerCase()}|format:${format.toLowerCase()}` +
    `|start:${start.toISOString()}|end:${end.toISOString()}`;
  const id = Buffer.from(JSON.stringify([label, uuid])).toString('base64');
  jobs.set(id, { uuid, exportType, format, start, end, started: Date.now() });
  return id;
}

function statusOf(id, url) {
  const job = jobs.get(id);
  if (!job) return null;
  if (Date.now() < job.started + MILLISECONDS) return { job: { id, status: 'PENDING' }, errors: [] };
  const exportData = {
    downloadUrl: `${url}/files/${job.uuid}`,
    downloadExpiresAt: new Date(Date.now() + 3600e3).toISOString(),
  };
  return { job: { id, status: 'COMPLETED', exportData }, errors: [] };
}

function fileOf(uuid) {
  const job = [...jobs.values()].find((one) => one.uuid === uuid);
  if (!job) return null;
  const columns = COLUMNS[job.exportType];
  const records = [];
  for (let number = 0; number < 40; number++) {
    const moment = new Date(Date.UTC(2012, 9, 1 + number * 23, 8, 30));
    if (moment < job.start || moment > job.end) continue;
    records.push(Object.fromEntries(columns.map((column) => [column,
      column.endsWith('Date') ? moment.toISOString() : column.endsWith('ID') ? 1000 + number : `${column} "${number}", ä`])));
  }
  const quoted = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return job.format === 'CSV'
    ? ['text/csv; charset=utf-8', [columns, ...records.map(Object.values)].map((row) => row.map(quoted).join(',') + '\r\n').join('')]
    : ['application/jsonl', records.map((record) => JSON.stringify(record) + '\n').join('')];
}

module.exports = { ACTIVITIES, COLUMNS, authorized, startJob, statusOf, fileOf };
