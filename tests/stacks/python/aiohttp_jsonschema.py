"""aiohttp >=3.10 with jsonschema >=4.20 and its format checker: what the schema let through needs no second look."""

import json
import os
from datetime import datetime

import exports
from aiohttp import web
from jsonschema import Draft202012Validator, FormatChecker

SCHEMA = {
    "type": "object",
    "required": ["startDate", "endDate", "exportType", "format"],
    "properties": {
        "startDate": {"type": "string", "format": "date-time"},
        "endDate": {"type": "string", "format": "date-time"},
        "exportType": {"enum": list(exports.COLUMNS)},
        "format": {"enum": ["CSV", "JSONL"]},
        "learningActivityId": {"type": "number"},
    },
    "if": {"properties": {"exportType": {"const": "LEARNING_ACTIVITY_INTERACTIONS"}}},
    "then": {"required": ["learningActivityId"], "properties": {"format": {"const": "JSONL"}}},
}
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
routes = web.RouteTableDef()


@web.middleware
async def authenticate(request, handler):
    if request.path == "/exports" and not exports.authorized(request.headers.get("Authorization")):
        return web.json_response({"error": "unauthorized"}, status=401)
    return await handler(request)


@routes.post("/exports")
async def create_export(request):
    try:
        body = await request.json()
    except json.JSONDecodeError as error:
        return web.json_response({"error": str(error)}, status=400)
    errors = [error.message for error in VALIDATOR.iter_errors(body)]
    if errors:
        return web.json_response({"errors": errors}, status=400)
    start, end = (datetime.fromisoformat(body[name]) for name in ("startDate", "endDate"))
    job_id = exports.start_job(body["exportType"], body["format"], start, end)
    return web.json_response({"job": {"id": job_id}}, status=202)


@routes.get("/exports")
async def read_export(request):
    status = exports.status_of(request.query.get("id"), str(request.url.origin()))
    if status is None:
        return web.json_response({"error": "not found"}, status=404)
    return web.json_response(status)


@routes.get("/files/{number}")
async def read_file(request):
    file = exports.file_of(request.match_info["number"], request.query.get("signature"))
    if file is None:
        raise web.HTTPForbidden
    return web.Response(body=file[1], headers={"Content-Type": file[0]})


if __name__ == "__main__":
    app = web.Application(middlewares=[authenticate])
    app.add_routes(routes)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
