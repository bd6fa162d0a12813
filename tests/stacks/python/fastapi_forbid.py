"""FastAPI >=0.115 with Pydantic 2, by somebody who reads the manual: no extra fields, strict types, zones."""

import os
from typing import Annotated, Literal

import exports
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, model_validator


def check_credentials(authorization: Annotated[str, Header()] = ""):
    if not exports.authorized(authorization):
        raise HTTPException(401, "Invalid credentials")


app = FastAPI()
Authorized = [Depends(check_credentials)]


class ExportRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start_date: AwareDatetime = Field(alias="startDate")
    end_date: AwareDatetime = Field(alias="endDate")
    export_type: Literal[
        "ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS", "LEARNING_ACTIVITY_INTERACTIONS"
    ] = Field(alias="exportType")
    format: Literal["CSV", "JSONL"]
    learning_activity_id: StrictInt | None = Field(None, alias="learningActivityId")

    @model_validator(mode="after")
    def check_combination(self):
        if self.export_type == "LEARNING_ACTIVITY_INTERACTIONS":
            if self.format != "JSONL":
                raise ValueError("only JSONL is supported")
            if self.learning_activity_id is None:
                raise ValueError("learningActivityId is required")
        return self


@app.post("/exports", status_code=201, dependencies=Authorized)
async def create_export(body: ExportRequest):
    if body.learning_activity_id is not None and body.learning_activity_id not in exports.ACTIVITIES:
        raise HTTPException(422, "Unknown learning activity")
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
