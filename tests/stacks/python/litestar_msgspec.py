"""Litestar >=2.12 with msgspec structs: types do the checking, a guard the credentials."""

import os
from datetime import datetime
from enum import Enum

import exports
import msgspec
import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)


class ExportType(Enum):
    ELEARNING_ENROLLMENTS = "ELEARNING_ENROLLMENTS"
    LEARNING_ACTIVITIES = "LEARNING_ACTIVITIES"
    NETWORKS = "NETWORKS"
    USERS = "USERS"
    LEARNING_ACTIVITY_INTERACTIONS = "LEARNING_ACTIVITY_INTERACTIONS"


class Format(Enum):
    CSV = "CSV"
    JSONL = "JSONL"


class ExportRequest(msgspec.Struct, rename="camel"):
    start_date: datetime
    end_date: datetime
    export_type: ExportType
    format: Format
    learning_activity_id: int | None = None


def has_credentials(connection, _):
    if not exports.authorized(connection.headers.get("authorization")):
        raise NotAuthorizedException


@post("/exports", guards=[has_credentials])
async def create_export(data: ExportRequest) -> dict:
    if data.end_date < data.start_date:
        raise ValidationException("endDate is before startDate")
    if data.export_type is ExportType.LEARNING_ACTIVITY_INTERACTIONS:
        if data.format is not Format.JSONL:
            raise ValidationException("format must be JSONL")
        if data.learning_activity_id is None:
            raise ValidationException("learningActivityId is missing")
    return {"job": {"id": exports.start_job(data.export_type.value, data.format.value, data.start_date, data.end_date)}}


@get("/exports", guards=[has_credentials])
async def read_export(request: Request) -> dict:
    status = exports.status_of(request.query_params.get("id"), str(request.base_url).rstrip("/"))
    if status is None:
        raise NotFoundException("No such job")
    return status


@get("/files/{number:int}")
async def read_file(number: int, signature: str) -> Response:
    file = exports.file_of(number, signature)
    if file is None:
        raise PermissionDeniedException
    return Response(file[1], media_type=file[0])


app = Litestar([create_export, read_export, read_file], openapi_config=None)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
