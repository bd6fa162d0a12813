// Express 5 with Joi 18: Joi.date().iso(), a conditional with when(), an error handler that answers in JSON.
'use strict';
const express = require('express');
const Joi = require('joi');
const { ACTIVITIES, COLUMNS, authorized, startJob, statusOf, fileOf } = require('./exports');

const interactions = 'LEARNING_ACTIVITY_INTERACTIONS';
const schema = Joi.object({
  startDate: Joi.date().iso().required(),
  endDate: Joi.date().iso().min(Joi.ref('startDate')).required(),
  exportType: Joi.string().valid(...Object.keys(COLUMNS)).required(),
  format: Joi.string().valid('CSV', 'JSONL').required().when('exportType', { is: interactions, then: Joi.valid('JSONL').invalid('CSV') }),
  learningActivityId: Joi.number().integer().when('exportType', { is: interactions, then: Joi.required() }),
});

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  if (req.path.startsWith('/files/') || authorized(req.headers.authorization)) return next();
  res.status(401).json({ message: 'Unauthorized' });
});

app.post('/exports', async (req, res) => {
  const body = await schema.validateAsync(req.body, { abortEarly: false });
  if (body.learningActivityId !== undefined && !ACTIVITIES.has(body.learningActivityId)) {
    return res.status(400).json({ message: 'learningActivityId is unknown' });
  }
  res.json({ job: { id: startJob(body.exportType, body.format, body.startDate, body.endDate) } });
});

app.get('/exports', (req, res) => {
  const status = statusOf(req.query.id, `http://${req.headers.host}`);
  if (!status) return res.status(404).json({ message: 'Not found' });
  res.json(status);
});

app.get('/files/:uuid', (req, res) => {
  const file = fileOf(req.params.uuid);
  if (!file) return res.sendStatus(404);
  res.set('Content-Type', file[0]).send(file[1]);
});

app.use((error, req, res, next) => {
  if (error.isJoi) return res.status(400).json({ message: error.message });
  res.status(error.status || 500).json({ message: error.message });
});

app.listen(process.env.PORT, '127.0.0.1');
