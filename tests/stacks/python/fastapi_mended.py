"""FastAPI >=0.115 again, after its developer read the report of fastapi_forbid.py: nothing should be left to find.

The body is read by hand, since the parser behind FastAPI takes NaN and UTF-16, and its error messages repeat what
cannot be written as JSON. Times are matched before they are parsed.
"""

import json
import os
import re
from datetime import datetime
from typing import Annotated, Literal

import exports
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, BeforeValidator, Field, StrictFloat, StrictInt, ValidationError, model_validator

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)", re.ASCII)


def check_credentials(authorization: Annotated[str, Header()] = ""):
    if not exports.authorized(authorization):
        raise HTTPException(401, "Invalid credentials")


def timestamp(value):
    if not isinstance(value, str) or not TIMESTAMP.fullmatch(value):
        raise ValueError("must be a timestamp like 2012-09-05T11:12:47.000Z")
    return datetime.fromisoformat(value)


Timestamp = Annotated[datetime, BeforeValidator(timestamp)]
Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


class ExportRequest(BaseModel):
    start_date: Timestamp = Field(alias="startDate")
    end_date: Timestamp = Field(alias="endDate")
    export_type: Literal[
        "ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS", "LEARNING_ACTIVITY_INTERACTIONS"
    ] = Field(alias="exportType")
    format: Literal["CSV", "JSONL"]
    learning_activity_id: Number | None = Field(None, alias="learningActivityId")

    @model_validator(mode="after")
    def check_combination(self):
        if self.export_type == "LEARNING_ACTIVITY_INTERACTIONS":
            if self.format != "JSONL":
                raise ValueError("only JSONL is supported")
            if self.learning_activity_id not in exports.ACTIVITIES:
                raise ValueError("learningActivityId is missing or unknown")
        return self


def not_a_number(name):
    raise ValueError(f"{name} is not JSON")


async def export_request(request: Request):
    try:
        body = json.loads((await request.body()).decode("utf-8"), parse_constant=not_a_number)
        return ExportRequest.model_validate(body)
    except ValidationError as error:
        raise HTTPException(422, error.errors(include_input=False, include_context=False, include_url=False)) from None
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not JSON") from None


app = FastAPI()
Authorized = [Depends(check_credentials)]


@app.post("/exports", status_code=201, dependencies=Authorized)
async def create_export(body: Annotated[ExportRequest, Depends(export_request)]):
    return {"job": {"id": exports.start_job(body.export_type, body.format, body.start_date, body.end_date)}}


@app.get("/exports", dependencies=Authorized)
async def read_export(id: str, request: Request):  # noqa: A002
    status = exports.status_of(id, str(request.base_url).rstrip("/"))
    if status is None:
        raise HTTPException(404, "No such job")
    return status


@app.get("/files/{number}")
async def read_file(number: int, signature: str):
    file = exports.file_of(number, signature)
    if file is None:
        raise HTTPException(403)
    return Response(file[1], media_type=file[0])


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
