// Koa 3 with koa-bodyparser 4 and Luxon 3: DateTime.fromISO, and checks by hand with ctx.assert.
'use strict';
const Koa = require('koa');
const Router = require('@koa/router');
const bodyParser = require('koa-bodyparser');
const { DateTime } = require('luxon');
const { ACTIVITIES, COLUMNS, authorized, startJob, statusOf, fileOf } = require('./exports');

const app = new Koa();
const router = new (Router.Router || Router)();

async function authenticate(ctx, next) {
  ctx.assert(authorized(ctx.get('authorization')), 401, 'Unauthorized');
  await next();
}

router.post('/exports', authenticate, async (ctx) => {
  const { startDate, endDate, exportType, format, learningActivityId } = ctx.request.body;
  const start = DateTime.fromISO(startDate, { zone: 'utc' });
  const end = DateTime.fromISO(endDate, { zone: 'utc' });
  ctx.assert(start.isValid, 400, 'startDate is not an ISO 8601 timestamp');
  ctx.assert(end.isValid, 400, 'endDate is not an ISO 8601 timestamp');
  ctx.assert(start <= end, 400, 'endDate is before startDate');
  ctx.assert(Object.keys(COLUMNS).includes(exportType), 400, 'exportType is unknown');
  ctx.assert(['CSV', 'JSONL'].includes(format), 400, 'format is unknown');
  if (exportType === 'LEARNING_ACTIVITY_INTERACTIONS') {
    ctx.assert(format === 'JSONL', 400, 'only JSONL is supported');
    ctx.assert(ACTIVITIES.has(learningActivityId), 400, 'learningActivityId is missing or unknown');
  }
  ctx.status = 202;
  ctx.body = { job: { id: startJob(exportType, format, start.toJSDate(), end.toJSDate()) } };
});

router.get('/exports', authenticate, async (ctx) => {
  const status = statusOf(ctx.query.id, `${ctx.protocol}://${ctx.host}`);
  ctx.assert(status, 404, 'No such job');
  ctx.body = status;
});

router.get('/files/:uuid', async (ctx) => {
  const file = fileOf(ctx.params.uuid);
  ctx.assert(file, 404);
  [ctx.type, ctx.body] = file;
});

app.silent = true;
app.use(bodyParser()).use(router.routes()).use(router.allowedMethods());
app.listen(process.env.PORT, '127.0.0.1');
