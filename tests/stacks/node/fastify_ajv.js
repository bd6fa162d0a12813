// Fastify 5 with the Ajv that it comes with: a JSON Schema on the route, coercion and all, as configured by default.
'use strict';
const fastify = require('fastify')({ logger: false });
const { COLUMNS, authorized, startJob, statusOf, fileOf } = require('./exports');

const body = {
  type: 'object',
  required: ['startDate', 'endDate', 'exportType', 'format'],
  properties: {
    startDate: { type: 'string', format: 'date-time' },
    endDate: { type: 'string', format: 'date-time' },
    exportType: { type: 'string', enum: Object.keys(COLUMNS) },
    format: { type: 'string', enum: ['CSV', 'JSONL'] },
    learningActivityId: { type: 'number' },
  },
  if: { properties: { exportType: { const: 'LEARNING_ACTIVITY_INTERACTIONS' } } },
  then: { required: ['learningActivityId'], properties: { format: { const: 'JSONL' } } },
};

async function authenticate(request, reply) {
  if (!authorized(request.headers.authorization)) return reply.code(401).send({ message: 'Unauthorized' });
}

fastify.post('/exports', { schema: { body }, onRequest: authenticate }, async (request, reply) => {
  const { exportType, format, startDate, endDate } = request.body;
  reply.code(201);
  return { job: { id: startJob(exportType, format, new Date(startDate), new Date(endDate)) } };
});

const querystring = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
fastify.get('/exports', { schema: { querystring }, onRequest: authenticate }, async (request, reply) => {
  const status = statusOf(request.query.id, `${request.protocol}://${request.host}`);
  return status || reply.code(404).send({ message: 'No such job' });
});

fastify.get('/files/:uuid', async (request, reply) => {
  const file = fileOf(request.params.uuid);
  return file ? reply.type(file[0]).send(file[1]) : reply.code(404).send();
});

fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
