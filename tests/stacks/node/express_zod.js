// Express 5 with Zod 4: a schema with a refinement, and Express' own error handler, as it comes.
'use strict';
const express = require('express');
const { z } = require('zod');
const { COLUMNS, authorized, startJob, statusOf, fileOf } = require('./exports');

const ExportRequest = z.object({
  startDate: z.coerce.date(),
  endDate: z.coerce.date(),
  exportType: z.enum(Object.keys(COLUMNS)),
  format: z.enum(['CSV', 'JSONL']),
  learningActivityId: z.number().optional(),
}).refine((body) => body.exportType !== 'LEARNING_ACTIVITY_INTERACTIONS' || body.format === 'JSONL', {
  path: ['format'], message: 'only JSONL is supported',
}).refine((body) => body.exportType !== 'LEARNING_ACTIVITY_INTERACTIONS' || body.learningActivityId !== undefined, {
  path: ['learningActivityId'], message: 'Required',
});

const app = express();
app.use(express.json());
app.use('/exports', (req, res, next) => (authorized(req.get('authorization')) ? next() : res.sendStatus(401)));

app.post('/exports', (req, res) => {
  const { success, data, error } = ExportRequest.safeParse(req.body);
  if (!success) return res.status(400).json({ errors: error.issues });
  res.status(201).json({ job: { id: startJob(data.exportType, data.format, data.startDate, data.endDate) } });
});

app.get('/exports', (req, res) => {
  const status = statusOf(req.query.id, `${req.protocol}://${req.get('host')}`);
  return status ? res.json(status) : res.status(404).json({ errors: [{ key: 'id', message: 'not found' }] });
});

app.get('/files/:uuid', (req, res) => {
  const file = fileOf(req.params.uuid);
  return file ? res.type(file[0]).send(file[1]) : res.sendStatus(404);
});

app.listen(process.env.PORT, '127.0.0.1');
