"""FastAPI >=0.115 with Pydantic 2, everything as the tutorial has it: plain annotations, a validator for the rest."""

import os
from datetime import datetime
from enum import Enum

import exports
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, model_validator

app = FastAPI()


class ExportType(str, Enum):  # noqa: UP042
    ELEARNING_ENROLLMENTS = "ELEARNING_ENROLLMENTS"
    LEARNING_ACTIVITIES = "LEARNING_ACTIVITIES"
    NETWORKS = "NETWORKS"
    USERS = "USERS"
    LEARNING_ACTIVITY_INTERACTIONS = "LEARNING_ACTIVITY_INTERACTIONS"


class Format(str, Enum):  # noqa: UP042
    CSV = "CSV"
    JSONL = "JSONL"


class ExportRequest(BaseModel):
    startDate: datetime  # noqa: N815
    endDate: datetime  # noqa: N815
    exportType: ExportType  # noqa: N815
    format: Format
    learningActivityId: int | None = None  # noqa: N815

    @model_validator(mode="after")
    def check_combination(self):
        if self.startDate > self.endDate:
            raise ValueError("startDate must not be after endDate")
        if self.exportType is ExportType.LEARNING_ACTIVITY_INTERACTIONS:
            if self.format is not Format.JSONL:
                raise ValueError("LEARNING_ACTIVITY_INTERACTIONS only supports JSONL")
            if self.learningActivityId is None:
                raise ValueError("learningActivityId is required for LEARNING_ACTIVITY_INTERACTIONS")
        return self


def check_credentials(authorization):
    if not exports.authorized(authorization):
        raise HTTPException(401, "Invalid credentials")


@app.post("/exports")
def create_export(body: ExportRequest, authorization: str | None = Header(None)):
    check_credentials(authorization)
    return {"job": {"id": exports.start_job(body.exportType.value, body.format.value, body.startDate, body.endDate)}}


@app.get("/exports")
def read_export(id: str, request: Request, authorization: str | None = Header(None)):  # noqa: A002
    check_credentials(authorization)
    status = exports.status_of(id, str(request.base_url).rstrip("/"))
    if status is None:
        raise HTTPException(404, "No such job")
    return status


@app.get("/files/{number}")
def read_file(number: int, signature: str):
    file = exports.file_of(number, signature)
    if file is None:
        raise HTTPException(403)
    return Response(file[1], media_type=file[0])


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
