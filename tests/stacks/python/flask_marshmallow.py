"""Flask >=3 with marshmallow >=3.22, behind waitress: a schema, and its errors as 422."""

import os

import exports
from flask import Flask, Response, abort, jsonify, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from waitress import serve

app = Flask(__name__)


class ExportSchema(Schema):
    start = fields.DateTime(required=True, data_key="startDate")
    end = fields.DateTime(required=True, data_key="endDate")
    export_type = fields.String(required=True, data_key="exportType", validate=validate.OneOf(exports.COLUMNS))
    format = fields.String(required=True, validate=validate.OneOf(["CSV", "JSONL"]))
    activity_id = fields.Integer(data_key="learningActivityId")

    @validates_schema
    def check_interactions(self, data, **kwargs):
        if data["export_type"] == "LEARNING_ACTIVITY_INTERACTIONS":
            if data["format"] != "JSONL":
                raise ValidationError("only JSONL is supported", "format")
            if "activity_id" not in data:
                raise ValidationError("Missing data for required field.", "learningActivityId")


@app.before_request
def authenticate():
    if request.path == "/exports" and not exports.authorized(request.headers.get("Authorization")):
        return jsonify(error="Unauthorized"), 401
    return None


@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages), 422


@app.post("/exports")
def create_export():
    data = ExportSchema().load(request.get_json())
    if "activity_id" in data and data["activity_id"] not in exports.ACTIVITIES:
        return jsonify(errors={"learningActivityId": ["Not found."]}), 404
    return jsonify(job={"id": exports.start_job(data["export_type"], data["format"], data["start"], data["end"])})


@app.get("/exports")
def read_export():
    status = exports.status_of(request.args["id"], request.host_url.rstrip("/"))
    return jsonify(status) if status else (jsonify(error="Not found"), 404)


@app.get("/files/<int:number>")
def read_file(number):
    file = exports.file_of(number, request.args["signature"])
    if file is None:
        abort(403)
    return Response(file[1], content_type=file[0])


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]))
